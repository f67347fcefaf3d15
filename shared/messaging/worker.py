"""The worker: one loop that relays, reads, sweeps and fires timers, and tries again what is transient."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from shared.clock import Clock
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.loop import Loop
from shared.messaging.sweep import Sweep
from shared.messaging.timers import TimerLoop

SWEEP_EVERY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class Stepping(Protocol):
    """A kind of work."""

    def step(self) -> bool:
        """Do some of it; tell whether there was any."""
        ...


class Elsewhere:
    """Work that is done by another thread or process."""

    def step(self) -> bool:
        """Do nothing."""
        return False


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a worker does: `send` is a service's own step towards the outside, text messages say."""

    relay: Stepping
    reader: Stepping
    sweep: Sweep
    timers: TimerLoop
    send: Callable[[], int] = lambda: 0


class Worker:
    """Does one service's background work, in a thread of its own once started.

    `troubles` is where it notes why it applies nothing any more; the rest of its work goes on.
    """

    def __init__(self, work: Work, clock: Clock, troubles: list[str]) -> None:
        self._work, self._clock, self._troubles = work, clock, troubles
        self._swept_at: datetime | None = None
        self._loop = Loop(self.step, self._report)
        self.start, self.wake, self.stop = self._loop.start, self._loop.wake, self._loop.stop

    def step(self) -> bool:
        """Do each kind of work once; tell whether there was any. Raises what is transient."""
        worked = self._work.relay.step()
        if not self._troubles:
            worked |= self._apply()
        fired, sent = self._work.timers.fire_due(), self._work.send()
        return bool(fired or sent or worked)

    def _apply(self) -> bool:
        try:
            swept = self._sweep_when_due()
            return self._work.reader.step() or swept
        except ConsumerStoppedError as stop:
            self._stop_applying(str(stop))
            return False

    def _sweep_when_due(self) -> bool:
        now = self._clock.now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return False
        fetched = self._work.sweep.round()
        self._swept_at = now
        return fetched > 0

    def _report(self, error: Exception, failures: int) -> None:
        kind = kind_of(error)
        if kind is not Failure.TRANSIENT:
            self._stop_applying(f"{type(error).__name__} at {place_of(error)}")
        log.warning(
            "step failed", error=type(error).__name__, place=place_of(error), kind=kind.value, failures=failures
        )

    def _stop_applying(self, reason: str) -> None:
        note_trouble(self._troubles, f"no event is applied: {reason}")


def note_trouble(troubles: list[str], trouble: str) -> None:
    """Note, once, why the service is not ready."""
    if trouble not in troubles:
        troubles.append(trouble)
        log.error("service not ready", reason=trouble)
