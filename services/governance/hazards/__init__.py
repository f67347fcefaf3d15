"""Hazard reports of riders."""
