"""Archives, disks and descriptors of appliances, and what the engine VM is told at its first boot."""
