"""sanlock's leases, settings and words."""
