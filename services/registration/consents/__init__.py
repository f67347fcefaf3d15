"""Consents: what a rider has agreed to, purpose by purpose, with its history."""
