"""Staff and their appointments."""
