"""The network: the management bridge, the names, the engine's address."""
