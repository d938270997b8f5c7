"""The kinds of resource: each knows how to make one thing so, to tell whether it is so, and to take it back."""
