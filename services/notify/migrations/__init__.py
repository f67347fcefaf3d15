"""Migrations of notify's store."""
