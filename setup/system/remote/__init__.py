"""Other hosts: SSH, and this program on them."""
