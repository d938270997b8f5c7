"""ovirt-hc-setup: an installer for hyperconverged hosted engines."""

__version__ = "0.1.0"
