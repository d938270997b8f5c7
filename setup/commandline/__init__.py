"""The command line: parsers, options, and how every command ends."""
