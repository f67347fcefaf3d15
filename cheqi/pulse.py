"""A sign of life from a child process to its supervisor."""

import os
import signal
import time

EVERY_S = 1.0


class Pulse:
    """Writes to the supervisor's pipe, once a second at most; a process without a supervisor writes nowhere."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor, self._beaten_at = descriptor, -EVERY_S
        if descriptor is not None:
            os.set_blocking(descriptor, False)

    def beat(self) -> None:
        """Say that the work goes on; when the supervisor is gone, ask this process to end as the supervisor would."""
        now = time.monotonic()
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
