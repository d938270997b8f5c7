"""Other hosts at the terminal: reached, confirmed and shown together."""
