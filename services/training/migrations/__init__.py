"""Migrations of training's store."""
