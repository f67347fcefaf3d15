"""Governance: hazards that riders report, and what staff find of them."""
