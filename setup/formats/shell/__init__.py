"""A command line as shells and manual pages have it."""
