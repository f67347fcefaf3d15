"""Component tests of notify."""
