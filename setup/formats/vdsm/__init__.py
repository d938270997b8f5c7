"""What VDSM writes on a storage domain."""
