"""Numbers that are too costly to count at each look."""

from collections.abc import Callable
from datetime import datetime, timedelta

EVERY = timedelta(minutes=5)


class Seldom:
    """Remembers a number, and counts it again when it is five minutes old."""

    def __init__(self) -> None:
        self._kept: tuple[datetime, int] | None = None

    def get(self, count: Callable[[], int], now: datetime) -> int:
        """Return the number as it was at most five minutes ago."""
        if self._kept is None or now - self._kept[0] >= EVERY:
            self._kept = (now, count())
        return self._kept[1]
