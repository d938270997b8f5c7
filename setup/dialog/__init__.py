"""Asking: at a console, from files, or not at all."""
