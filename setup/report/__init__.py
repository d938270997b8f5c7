"""Showing: every reader of the stream of events, for screens, logs and programs."""
