"""Component tests of rewards."""
