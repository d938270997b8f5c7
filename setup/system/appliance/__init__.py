"""The engine appliance: its file, its disk, and the ISO of its first boot."""
