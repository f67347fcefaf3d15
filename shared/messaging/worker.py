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

    What fails for good stops its own kind of work only; `troubles` is where it notes which, and why.
    """

    def __init__(self, work: Work, clock: Clock, troubles: list[str]) -> None:
        self._work, self._clock, self._troubles = work, clock, troubles
        self._kinds: dict[str, Callable[[], int]] = {
            "no event is published": work.relay.step,
            "no event is applied": self._apply,
            "no timer fires": work.timers.fire_due,
            "nothing is sent": work.send,
        }
        self._swept_at: datetime | None = None
        self._loop = Loop(self.step, self._report)
        self.start, self.wake, self.stop = self._loop.start, self._loop.wake, self._loop.stop

    def step(self) -> bool:
        """Do each kind of work once; tell whether there was any. Raises what is transient, the other kinds done."""
        worked, transient = False, None
        for trouble, do in list(self._kinds.items()):
            try:
                worked |= bool(do())
            except Exception as error:  # One kind of work does not hold up the others.
                if kind_of(error) is Failure.TRANSIENT:
                    transient = transient or error
                else:
                    self._stop_kind(trouble, error)
        if transient is not None:
            raise transient
        return worked

    def _apply(self) -> bool:
        swept = self._sweep_when_due()
        return self._work.reader.step() or swept

    def _sweep_when_due(self) -> bool:
        now = self._clock.now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return False
        fetched = self._work.sweep.round()
        self._swept_at = now
        return fetched > 0

    def _report(self, error: Exception, failures: int) -> None:
        kind = kind_of(error).value
        log.warning("step failed", error=type(error).__name__, place=place_of(error), kind=kind, failures=failures)

    def _stop_kind(self, trouble: str, error: Exception) -> None:
        place = f"{type(error).__name__} at {place_of(error)}"
        reason = str(error) if isinstance(error, ConsumerStoppedError) else place
        del self._kinds[trouble]
        note_trouble(self._troubles, f"{trouble}: {reason}")


def note_trouble(troubles: list[str], trouble: str) -> None:
    """Note, once, why the service is not ready."""
    if trouble not in troubles:
        troubles.append(trouble)
        log.error("service not ready", reason=trouble)
