"""Journeys over HTTP on a served house."""
