"""Limits on asking and trying, kept as rows so that they hold across processes and restarts."""
