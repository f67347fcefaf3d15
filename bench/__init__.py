"""Measurements of the running system; each writes its figures to `bench/results`."""
