"""Backups of stores, photos and keys, and putting them back."""
