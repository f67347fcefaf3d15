"""Servers in containers, for the tests that need real ones."""
