"""Riders: who they are, where they belong, what they want to hear of."""
