"""Unit tests of rewards."""
