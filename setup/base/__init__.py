"""What everything stands on: errors, secrets, events, and the Host that the rest of the program talks to."""
