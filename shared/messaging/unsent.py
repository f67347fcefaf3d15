"""How long events wait to be sent, by looking at the log: their own times say when things happened, however late."""

import threading
from collections import deque
from datetime import datetime


class UnsentAge:
    """Remembers when the log was seen to be how long, and by that how long its oldest unsent event has waited.

    The age is short by one look at most: what came between two looks counts from the later one.
    """

    LOOKS_MAX = 2000

    def __init__(self) -> None:
        self._looks: deque[tuple[int, datetime]] = deque()
        self._lock = threading.Lock()

    def see(self, oldest: int | None, newest: int, now: datetime) -> float:
        """Return how many seconds the row `oldest` of the log, whose last one is `newest`, was seen; 0 for None."""
        with self._lock:
            if oldest is None:
                self._looks.clear()
                return 0.0
            while self._looks and self._looks[0][0] < oldest:
                self._looks.popleft()
            if not self._looks or self._looks[-1][0] < newest:
                self._looks.append((newest, now))
            self._thin_out()
            return max(0.0, (now - self._looks[0][1]).total_seconds())

    def _thin_out(self) -> None:
        """Forget every second look of very many, but neither the first nor the last."""
        if len(self._looks) > self.LOOKS_MAX:
            kept = list(self._looks)
            self._looks = deque([*kept[:-1:2], kept[-1]])
