"""What all runs have in common before and beside the worker: the wizard, its pages, going on, following."""
