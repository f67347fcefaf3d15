"""A sign of life from a child process to its supervisor."""

import os
import signal
import time
from collections.abc import Callable

from shared.messaging.standstill import Standstill

EVERY_S = 1.0
STUCK_AFTER_S = 40.0


class Pulse:
    """Writes to the supervisor's pipe, once a second at most; a process without a supervisor writes nowhere."""

    def __init__(self, descriptor: int | None, seconds: Callable[[], float] = time.monotonic) -> None:
        self._descriptor, self._seconds, self._beaten_at = descriptor, seconds, -EVERY_S
        if descriptor is not None:
            os.set_blocking(descriptor, False)

    def beat(self) -> None:
        """Say that the work goes on; when the supervisor is gone, ask this process to end as the supervisor would."""
        now = self._seconds()
        if self._descriptor is None or now - self._beaten_at < EVERY_S:
            return
        self._beaten_at = now
        try:
            os.write(self._descriptor, b".")
        except BlockingIOError:
            return
        except OSError:
            self._descriptor = None
            os.kill(os.getpid(), signal.SIGTERM)

    def give_up(self) -> None:
        """Let the supervisor end this process and start it again, at once."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Watch:
    """Beats for a worker until it is stuck: with something to do, and for forty seconds without progress."""

    def __init__(self, pulse: Pulse, seconds: Callable[[], float] = time.monotonic) -> None:
        self._pulse, self._still = pulse, Standstill(seconds)

    def see(self, *, progress: int, idle: bool) -> None:
        """Look at how far the worker has come; `progress` counts what it did, and `idle` has nothing to do."""
        self._still.see(progress=progress, idle=idle)
        if self._still.seconds < STUCK_AFTER_S:
            self._pulse.beat()
        else:
            self._pulse.give_up()
