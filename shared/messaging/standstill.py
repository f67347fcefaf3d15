"""For how long somebody who has work to do has made no progress."""

import time
from collections.abc import Callable


class Standstill:
    """Looks at a count of what was done again and again; being idle is no standstill."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._now = seconds
        self._progress, self._moved_at, self._idle = -1, seconds(), False

    def see(self, *, progress: int, idle: bool) -> None:
        """Look at how far the work has come; `idle` has nothing to do."""
        if idle or progress != self._progress:
            self._progress, self._moved_at = progress, self._now()
        self._idle = idle

    @property
    def seconds(self) -> float:
        """How long the count has stood still, 0 while there is nothing to do."""
        return 0.0 if self._idle else self._now() - self._moved_at
