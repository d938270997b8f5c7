"""The network of a host: links, bridges, names, and changes on trial."""
