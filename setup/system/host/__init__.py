"""Any host: commands, files, packages, users, units, and the terminal."""
