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

    `troubles` is where it notes why it applies nothing any more; the rest of its work goes on.
    """

    def __init__(self, work: Work, clock: Clock, troubles: list[str]) -> None:
        self._work, self._clock, self._troubles = work, clock, troubles
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._swept_at: datetime | None = None
        self._thread: threading.Thread | None = None

    def step(self) -> bool:
        """Do each kind of work once; tell whether there was any. Raises what is transient."""
        worked = self._work.relay.step()
        if not self._troubles:
            worked |= self._apply()
        fired, sent = self._work.timers.fire_due(), self._work.send()
        return bool(fired or sent or worked)

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
        kind = kind_of(error)
        if kind is not Failure.TRANSIENT:
            self._stop_applying(f"{type(error).__name__} at {place_of(error)}")
        log.warning(
            "step failed", error=type(error).__name__, place=place_of(error), kind=kind.value, failures=failures
        )

    def _stop_applying(self, reason: str) -> None:
        trouble = f"no event is applied: {reason}"
        if trouble not in self._troubles:
            self._troubles.append(trouble)
            log.error("consumer stopped", reason=reason)
