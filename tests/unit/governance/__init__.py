"""Unit tests of governance, and of the photos and places that it stands on."""
