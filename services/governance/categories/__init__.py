"""The tree of categories that a report may have."""
