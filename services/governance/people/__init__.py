"""Riders and staff, as far as governance must know them."""
