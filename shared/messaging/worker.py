"""The worker: one loop that relays, reads, sweeps and fires timers, and tries again what is transient."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from shared.clock import Clock
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.loop import POLL_S, Loop
from shared.messaging.sweep import Sweep
from shared.messaging.timers import TimerLoop
from shared.tracing import OFF, Tracer

NOT_RELAYED, NOT_APPLIED = "no event is published", "no event is applied"
SWEEP_EVERY = timedelta(minutes=1)
SITS_OUT_MAX = 64
"""Steps; an idle worker takes one a second."""

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
    tracer: Tracer = OFF


@dataclass
class Kind:
    """One kind of work: what is the matter while it fails, how often in a row it has, how many steps it sits out."""

    trouble: str
    do: Callable[[], int]
    told: str = ""
    failures: int = 0
    sits_out: int = 0


class Worker:
    """Does one service's background work, in a thread of its own once started.

    A kind of work that fails in a way nobody foresaw does not hold up the others: `troubles` tells of it until it works
    again. It sits out more steps after each failure; when it is the consumer that stopped, all that follow.
    """

    def __init__(self, work: Work, clock: Clock, troubles: list[str], poll_s: float = POLL_S) -> None:
        self._work, self._clock, self._troubles = work, clock, troubles
        self._kinds = [
            Kind(NOT_RELAYED, work.relay.step),
            Kind("nothing that was missed is fetched", self.sweep_when_due),
            Kind(NOT_APPLIED, work.reader.step),
            Kind("no timer fires", work.timers.fire_due),
            Kind("nothing is sent", work.send),
        ]
        self._swept_at: datetime | None = None
        self._began_at = clock.now()
        self._loop = Loop(self.step, self._report, poll_s)
        self.start, self.wake = self._loop.start, self._loop.wake
        self.stop_sweep = work.sweep.stop

    def stop(self) -> None:
        """End after the work in hand, of which a sweep is left as far as it has come."""
        self.stop_sweep()
        self._loop.stop()

    @property
    def swept(self) -> int:
        """How far the sweep has come, also within a round."""
        return self._work.sweep.progress

    def sweep_age_s(self) -> float:
        """Return the seconds since the last whole round of the sweep; before the first one, since the beginning."""
        return (self._clock.now() - (self._swept_at or self._began_at)).total_seconds()

    def step(self) -> bool:
        """Do each kind of work once; tell whether there was any. Raises what is transient, the other kinds done."""
        worked, transient = False, None
        for kind in list(self._kinds):
            try:
                worked |= self._try(kind)
            except Exception as error:  # One kind of work does not hold up the others.
                if kind_of(error) is Failure.TRANSIENT:
                    transient = transient or error
                else:
                    self._failed(kind, error)
        if transient is not None:
            raise transient
        return worked

    def _try(self, kind: Kind) -> bool:
        if kind.sits_out:
            kind.sits_out -= 1
            return False
        worked = bool(kind.do())
        if kind.failures:
            self._troubles.remove(kind.told)
            kind.failures = 0
            log.warning("works again", trouble=kind.trouble)
        return worked

    def _failed(self, kind: Kind, error: Exception) -> None:
        if isinstance(error, ConsumerStoppedError):
            self._kinds.remove(kind)
            note_trouble(self._troubles, f"{NOT_APPLIED}: {error}")
            return
        if not kind.failures:
            kind.told = f"{kind.trouble}: {type(error).__name__} at {place_of(error)}"
            note_trouble(self._troubles, kind.told)
        kind.failures += 1
        kind.sits_out = min(2**kind.failures, SITS_OUT_MAX)

    def sweep_when_due(self) -> bool:
        """Sweep when the last round was a minute ago or failed; tell whether anything was fetched. Raises why not."""
        now = self._clock.now()
        if self._swept_at is not None and timedelta() <= now - self._swept_at < SWEEP_EVERY:
            return False
        with self._work.tracer.span("sweep"):
            fetched = self._work.sweep.round()
        self._swept_at = now
        return fetched > 0

    def _report(self, error: Exception, failures: int) -> None:
        kind = kind_of(error).value
        log.warning("step failed", error=type(error).__name__, place=place_of(error), kind=kind, failures=failures)


def note_trouble(troubles: list[str], trouble: str) -> None:
    """Note, once, why the service is not ready."""
    if trouble not in troubles:
        troubles.append(trouble)
        log.error("service not ready", reason=trouble)
