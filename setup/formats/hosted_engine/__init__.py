"""What oVirt's HA and the predecessor keep of a hosted engine."""
