"""Certificates: issued after confirmed attendance, looked up by anyone, revoked by staff."""
