"""Component tests of governance, and of the photo store and decoder that it stands on."""
