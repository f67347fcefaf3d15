"""The published side of the event classes: stored JSON Schemas with their revisions, and the catalogue in `docs`."""
