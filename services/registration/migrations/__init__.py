"""Migrations of registration's store."""
