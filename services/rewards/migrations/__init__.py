"""Migrations of rewards' store."""
