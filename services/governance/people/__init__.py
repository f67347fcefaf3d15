"""Riders, as far as governance must know them."""
