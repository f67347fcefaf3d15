"""Classes, who has a place in them, and who was there."""
