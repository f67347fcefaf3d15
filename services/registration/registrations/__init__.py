"""Registrations: a rider signs up, or is signed up by staff; the same phone is always the same rider."""
