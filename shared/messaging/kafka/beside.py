"""What a worker on Kafka does beside its bus: the relay in one thread; sweep, timers and messages in another."""

from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.db.commits import can_hint
from shared.messaging.consumer import Consumer
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.loop import POLL_S, Loop
from shared.messaging.relay import Relay
from shared.messaging.source import Source
from shared.messaging.sweep import Sweep
from shared.messaging.worker import NOT_RELAYED, Elsewhere, Work, Worker, note_trouble
from shared.node import Node

UNHINTED_POLL_S = 0.05
"""Where other processes write to the same log and cannot tell of it."""

log = structlog.get_logger(__name__)


class RelayLoop:
    """Relays a log to Kafka in a thread of its own, once the bus is seen to hold nothing that the log lacks."""

    def __init__(self, node: Node, access: Access, holder: str) -> None:
        self._source, self._troubles = node.service.name, node.troubles
        self._bus = KafkaBus(access)
        self._relay: Relay = node.relay(self._bus, holder)
        self._checked, self._told = False, ""
        self._loop = Loop(self.step, self._report, POLL_S if can_hint(node.store) else UNHINTED_POLL_S)
        self.start, self.wake = self._loop.start, self._loop.wake

    def step(self) -> bool:
        """Relay once; raises RelayStoppedError for a store put back, what is to be set, and what is transient."""
        if not self._checked:
            self._relay.check(self._bus.tail(self._source))
            self._checked = True
        worked = self._relay.step()
        if self._told:
            self._troubles.remove(self._told)
            self._told = ""
        return worked

    def stop(self) -> None:
        """End after the step in hand, and give the lease up."""
        self._loop.stop()
        with suppress(SQLAlchemyError):
            self._relay.release()
        self._bus.close()

    def _report(self, error: Exception, failures: int) -> None:
        """Compare the log with the bus again before anything is relayed: the store may have been put back meanwhile."""
        self._checked, kind = False, kind_of(error)
        if kind is not Failure.TRANSIENT:
            # The words of a database's error hold a statement and its values.
            hidden = isinstance(error, SQLAlchemyError)
            why = f"{type(error).__name__} at {place_of(error)}" if hidden else str(error)
            self._tell(f"{NOT_RELAYED}: {why}")
        log.warning("relay step failed", error=type(error).__name__, place=place_of(error), failures=failures)

    def _tell(self, trouble: str) -> None:
        if self._told and self._told != trouble:
            self._troubles.remove(self._told)
        self._told = trouble
        note_trouble(self._troubles, trouble)


def chores(
    node: Node, sources: Mapping[str, Source], consumer: Consumer, send: Callable[[], int] = lambda: 0
) -> Worker:
    """Return what sweeps, fires timers and sends, in a thread of its own once started.

    The consumer is the bus's own: when it has stopped, the sweep applies nothing either.
    """
    heard = {name: sources[name] for name in sorted(node.hears)}
    work = Work(
        relay=Elsewhere(),
        reader=Elsewhere(),
        sweep=Sweep(node.store, consumer, heard, node.clock),
        timers=node.timer_loop(),
        send=send,
        tracer=node.tracer,
    )
    worker = Worker(work, node.clock, node.troubles)
    node.vitals["sweep_age_seconds"] = worker.sweep_age_s
    return worker
