"""The hosts of a rehearsal: three Debian machines in containers, with disks and a network of their own."""
