"""Waiting for what another process does: look again and again until a deadline."""

import time
from collections.abc import Callable

LOOK_EVERY_S = 0.05


def until(holds: Callable[[], object], deadline_s: float = 30) -> None:
    """Return as soon as it holds; fail when the deadline has passed."""
    ends = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < ends, f"{holds} did not hold within {deadline_s} s"
        time.sleep(LOOK_EVERY_S)
