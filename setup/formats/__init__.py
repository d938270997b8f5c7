"""Bytes and text in, values out, and back. Nothing in here opens a file or runs a program."""
