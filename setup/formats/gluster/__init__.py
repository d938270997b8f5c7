"""What GlusterFS prints, and the unit of a brick."""
