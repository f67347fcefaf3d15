"""Ports for what tests start."""

import socket


def free_port() -> int:
    """Return a port on which nothing listens, at any address."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
