"""Tests of what the command line stands on."""
