"""Applying runs, whatever happens: what is transient is tried again in place, a fault of ours stops it for good."""

import threading
from collections.abc import Callable, Mapping, Sequence

import structlog

from shared.messaging.bus import Run
from shared.messaging.consumer import Consumer, ConsumerStoppedError
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.loop import retry_delay_s
from shared.messaging.worker import NOT_APPLIED, note_trouble

log = structlog.get_logger(__name__)


class Applier:
    """Applies runs for the agents of one worker; it never raises, and lets its consumer stop for good.

    `progress` counts runs applied, tries of what is transient, and looks at what has stopped: as long as it moves,
    whoever watches the worker need not step in. `applied` counts the fetches that took effect.
    """

    def __init__(self, consumer: Consumer, troubles: list[str]) -> None:
        self._consumer, self._troubles = consumer, troubles
        self._ending = threading.Event()
        self._stopped = False
        self.progress = self.applied = 0

    def apply(self, runs: Sequence[Run], wanted: Callable[[], bool]) -> Mapping[int | None, int] | None:
        """Apply runs at once for as long as they are wanted; return to which offset to go back in which partition.

        None says that they were abandoned.
        """
        failures = 0
        while wanted() and not self._ending.is_set():
            self.progress += 1
            try:
                if not self._stopped:
                    missing = self._consumer.apply_all(runs)
                    self.applied += 1
                    return missing
            except Exception as error:  # An exception that left an agent would lose the run.
                self._report(error, failures)
            failures += 1
            self._ending.wait(retry_delay_s(failures))
        return None

    def stop(self) -> None:
        """Let what is tried again be abandoned."""
        self._ending.set()

    def _report(self, error: Exception, failures: int) -> None:
        kind, reason = kind_of(error), f"{type(error).__name__} at {place_of(error)}"
        if isinstance(error, ConsumerStoppedError):
            reason = str(error)
        if kind is not Failure.TRANSIENT:
            self._stopped = True
            self._consumer.stop(reason)
            note_trouble(self._troubles, f"{NOT_APPLIED}: {reason}")
        log.warning("run not applied", reason=reason, kind=kind.value, failures=failures + 1)
