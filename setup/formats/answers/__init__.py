"""Answer files in every form, and the names that the predecessor gave to answers."""
