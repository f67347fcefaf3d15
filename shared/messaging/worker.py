"""The worker: one loop that relays, reads, sweeps and fires timers, and tries again what is transient."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shared.clock import Clock
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.local import LocalReader
from shared.messaging.relay import Relay
from shared.messaging.sweep import Sweep
from shared.messaging.timers import TimerLoop

POLL_S = 1.0
RETRY_DELAY_MAX_S = 5.0
SWEEP_EVERY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a worker does: `send` is a service's own step towards the outside, text messages say."""

    relay: Relay
    reader: LocalReader
    sweep: Sweep
    timers: TimerLoop
    send: Callable[[], int] = lambda: 0


class Worker:
    """Does one service's background work on the local bus, in a thread of its own once started.

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
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._swept_at: datetime | None = None
        self._thread: threading.Thread | None = None

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

    def _run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            self._wake.clear()
            try:
                worked = self.step()
                failures = 0
            except Exception as error:  # The loop outlives whatever one step meets.
                failures += 1
                worked = False
                self._report(error, failures)
            if failures:
                self._ending.wait(min(RETRY_DELAY_MAX_S, 0.05 * 2**failures))
            elif not worked:
                self._wake.wait(POLL_S)

    def _report(self, error: Exception, failures: int) -> None:
        kind = kind_of(error).value
        log.warning("step failed", error=type(error).__name__, place=place_of(error), kind=kind, failures=failures)

    def _stop_kind(self, trouble: str, error: Exception) -> None:
        place = f"{type(error).__name__} at {place_of(error)}"
        reason = str(error) if isinstance(error, ConsumerStoppedError) else place
        del self._kinds[trouble]
        self._troubles.append(f"{trouble}: {reason}")
        log.error("work stopped", trouble=trouble, reason=reason)
