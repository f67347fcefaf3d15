"""A loop in a thread of its own: it steps until it is stopped, and outlives whatever one step meets."""

import threading
from collections.abc import Callable

POLL_S = 1.0
RETRY_DELAY_MAX_S = 5.0


def retry_delay_s(failures: int) -> float:
    """Return how long to wait after so many failures in a row."""
    return float(min(RETRY_DELAY_MAX_S, 0.05 * 2 ** min(failures, 10)))


class Loop:
    """Calls `step` again at once when it has worked, else at the next poll or when woken.

    A step that raises is told to `report`, with the number of failures in a row, and tried again later and later.
    """

    def __init__(
        self, step: Callable[[], bool], report: Callable[[Exception, int], None], poll_s: float = POLL_S
    ) -> None:
        self._step, self._report, self._poll_s = step, report, poll_s
        self._wake, self._ending = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Work in a thread until `stop`."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Let the thread look at once instead of at its next poll."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread after the step in hand."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            self._wake.clear()
            try:
                worked = self._step()
                failures = 0
            except Exception as error:  # The loop outlives whatever one step meets.
                failures += 1
                worked = False
                self._report(error, failures)
            if failures:
                self._ending.wait(retry_delay_s(failures))
            elif not worked:
                self._wake.wait(self._poll_s)
