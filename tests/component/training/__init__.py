"""Component tests of training."""
