"""A publisher and a consumer in one process, each on a real store, with a worker for each."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.orm import Session

from shared.auth import Principal, Role
from shared.events.governance import HazardVerifiedV1
from shared.messaging import Handlers, Timers, each, emit, schedule
from shared.messaging.bus import Run
from shared.messaging.local import PARTITION, LocalBus
from shared.messaging.loop import POLL_S
from shared.messaging.source import Head, Source
from shared.messaging.worker import Work, Worker
from shared.service import Audit, Effect, Finding, Service
from tests.harness import Bench

METADATA = MetaData()
effect = Table(
    "effect",
    METADATA,
    Column("ordinal", Integer, primary_key=True),
    Column("hazard_id", Text, nullable=False),
    Column("word", Text, nullable=False),
)
STAFF = Principal("staff-1", Role.DISTRICT_STAFF)
PATIENCE_S = 20
Fault = Callable[[Session], object]


class Far:
    """A publisher's log as a consumer reaches it: sometimes not at all, or without its newest events, page by page."""

    def __init__(self, log: Source, page: int = 500) -> None:
        self._log, self._page = log, page
        self.away, self.lost = 0, False
        self.asked: list[int] = []

    def heads(self, after: int, limit: int = 500) -> list[Head]:
        """Return heads, unless it is away."""
        self._reach()
        return self._log.heads(after, limit)

    def after(self, position: int, limit: int = 500) -> list[str]:
        """Return events, unless it is away."""
        self.asked.append(position)
        self._reach()
        return [] if self.lost else self._log.after(position, min(limit, self._page))

    def of_subjects(self, after: Mapping[str, int], limit: int = 500) -> list[str]:
        """Return events of subjects."""
        return self._log.of_subjects(after, limit)

    def _reach(self) -> None:
        if self.away:
            self.away -= 1
            message = "the publisher cannot be reached"
            raise ConnectionError(message)


class Pair:
    """Governance tells of verified hazards; the listener notes each of them, unless a fault is planted."""

    def __init__(self, page: int = 500) -> None:
        self.fault: Fault = lambda _session: None
        self.send: Callable[[], int] = lambda: 0
        self.publisher, self.silent = (Bench(small_service(name, {}, {})) for name in ("governance", "registration"))
        handlers: Handlers = {HazardVerifiedV1: each(self._note)}
        self.listener = Bench(small_service("listener", handlers, {"ring": note_ring}))
        self.log = Far(self.publisher.node.log, page)

    def work(self) -> Work:
        """Return the listener's work, as a process that has just started has it."""
        logs: dict[str, Source] = {"governance": self.log, "registration": self.silent.node.log}
        return self.listener.node.work(LocalBus(lambda: None), logs, "holder", send=self._send)

    def worker(self, other: Mapping[str, Any] | None = None, poll_s: float = POLL_S) -> Worker:
        """Return a worker of the listener; `other` stands for parts of its work, by name."""
        return Worker(replace(self.work(), **(other or {})), self.listener.clock, self.listener.node.troubles, poll_s)

    def tell(self, *hazards: str) -> None:
        """Let the publisher tell of hazards, and number what it told."""
        with self.publisher.command(STAFF) as session:
            for hazard in hazards:
                emit(session, verified(hazard))
        self.publisher.node.relay(LocalBus(lambda: None), "holder").step()

    def tell_of_own(self, hazard: str) -> None:
        """Let the listener tell something itself, for its relay to number."""
        with self.listener.command(STAFF) as session:
            emit(session, verified(hazard))

    def set_timer(self, subject: str) -> None:
        """Set a timer of the listener that is due at once."""
        with self.listener.command(STAFF) as session:
            schedule(session, "ring", subject, self.listener.clock.now())

    @staticmethod
    def run(documents: Sequence[str], *, first: int, end: int) -> Run:
        """Return documents of the publisher as a run of the local bus."""
        return Run("governance", tuple(documents), PARTITION, first, end)

    def effects(self) -> list[str]:
        """Return the hazards that the listener noted, in order."""
        with self.listener.read() as session:
            return list(session.scalars(select(effect.c.hazard_id).order_by(effect.c.ordinal)))

    def gauge(self, name: str) -> float:
        """Return one of the listener's gauges."""
        return self.listener.node.gauges()[name]

    def _send(self) -> int:
        return self.send()

    def _note(self, session: Session, event: HazardVerifiedV1) -> None:
        session.execute(insert(effect).values(hazard_id=event.hazard_id, word=event.severity))
        self.fault(session)


class Steps:
    """Counts how often it was called, and lets a test wait until that was often enough."""

    def __init__(self, enough: int = 1) -> None:
        self.count, self._enough, self._reached = 0, enough, threading.Event()

    def __call__(self, *_with: object) -> int:
        """Count one."""
        self.count += 1
        if self.count >= self._enough:
            self._reached.set()
        return 0

    def wait(self) -> None:
        """Wait until it was called often enough."""
        assert self._reached.wait(PATIENCE_S), f"called {self.count} times, not {self._enough}"


@contextmanager
def running(worker: Worker) -> Iterator[Worker]:
    """Let a worker work in its thread while the block runs."""
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def verified(hazard: str) -> HazardVerifiedV1:
    """Return the event that a hazard was verified."""
    return HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider-1", severity="low")


def note_ring(session: Session, subject: str) -> None:
    """Note that a timer fired."""
    session.execute(insert(effect).values(hazard_id=subject, word="ring"))


def small_service(name: str, handlers: Handlers, timers: Timers) -> Service:
    """Return a service with one table."""
    return Service(
        name=name,
        metadata=METADATA,
        handlers=handlers,
        timers=timers,
        router=APIRouter(),
        erase=lambda _session, _rider_id: None,
        audit=Audit(_no_findings, _no_effects),
    )


def _no_findings(_session: Session) -> Iterator[Finding]:
    return iter(())


def _no_effects(_session: Session) -> Iterator[Effect]:
    return iter(())
