"""Notify: tells persons what happened to them, in their language, by the channels they want."""
