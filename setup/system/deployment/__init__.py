"""A hosted engine that is there: its parts as one host sees them, its engine started and watched."""
