"""A node: one service put together with its store, its keys and its messaging, ready to be served and stepped."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.auth import TokenVerifier
from shared.clock import Clock
from shared.db.store import Store
from shared.disk import FREE_MIN_BYTES
from shared.events.envelope import Event
from shared.keys.ring import KeyRing
from shared.keys.sealed import holds_sealed
from shared.messaging import parking
from shared.messaging import relay as relaying
from shared.messaging import timers as timing
from shared.messaging.bus import Bus
from shared.messaging.cause import Cause, set_keys
from shared.messaging.consumer import Consumer
from shared.messaging.local import LocalReader
from shared.messaging.log import transaction
from shared.messaging.operate import Operator
from shared.messaging.read_back import refuse_restored
from shared.messaging.relay import Relay
from shared.messaging.seldom import Seldom
from shared.messaging.source import LogReader, Source
from shared.messaging.standstill import Standstill
from shared.messaging.sweep import Sweep
from shared.messaging.timers import TimerLoop
from shared.messaging.unsent import UnsentAge
from shared.messaging.worker import NOT_APPLIED, NOT_RELAYED, Work
from shared.random import Random
from shared.service import Service
from shared.tracing import OFF, Tracer
from shared.web.host import Health
from shared.web.idempotency import Forgetting

MIB = 1024 * 1024
PUBLISHERS = frozenset({"registration", "governance", "rewards", "training", "notify"})


def heard_by(service: str, handlers: Iterable[type[Event]]) -> frozenset[str]:
    """Return the publishers whose events a service handles; all of them where it handles one that any may publish."""
    sources = {event.source for event in handlers} | {"registration"}
    heard = PUBLISHERS if "" in sources else sources
    return frozenset(heard) - {service}


@dataclass(frozen=True, kw_only=True)
class Node:
    """One service and what it stands on; `troubles` are why it is not ready although its store answers.

    `disk_free` tells how many bytes are left where the process itself writes, None where it writes nowhere.
    `vitals` are further gauges, by name: whatever works in this process puts its own there; one may have no value now.
    """

    service: Service
    store: Store
    keys: KeyRing
    clock: Clock
    random: Random
    verifier: TokenVerifier
    troubles: list[str] = field(default_factory=list)
    forgetting: Forgetting = field(default_factory=Forgetting)
    tracer: Tracer = OFF
    disk_free: Callable[[], int | None] = lambda: None
    vitals: dict[str, Callable[[], float | None]] = field(default_factory=dict)
    unsent_age: UnsentAge = field(default_factory=UnsentAge)
    parked_timers: Seldom = field(default_factory=Seldom)

    @contextmanager
    def transaction(self, cause: Cause, *, alone: bool = False) -> Iterator[Session]:
        """Open a transaction whose events are written with it; one that erases a rider runs alone."""
        with (
            self.tracer.part("transaction"),
            transaction(self.store, self.service.name, self.keys, cause, alone=alone) as session,
        ):
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Open a snapshot to read from, what is sealed included."""
        with self.store.read() as session:
            set_keys(session, self.keys)
            yield session

    @property
    def log(self) -> LogReader:
        """The service's log, as other services read it."""
        return LogReader(self.store)

    @property
    def hears(self) -> frozenset[str]:
        """The publishers whose events the service handles; all of them where it handles one that any may publish."""
        return heard_by(self.service.name, self.service.handlers)

    def refuse_start(self) -> None:
        """Raise what keeps a service from running on what it finds.

        NotReadBackError where the store was put back and what it has told since is not in its log yet;
        ConfigurationError where its master key is not the one that its rider keys were wrapped by, keys were lost, or
        another secret of its own was.
        """
        with self.snapshot() as session:
            refuse_restored(session, self.service.name)
            self.keys.refuse_lost_keys(self.service.name, lambda: holds_sealed(session, self.service.metadata))
            self.keys.refuse_other_master(self.service.name)
            self.service.refuse_start(session)

    def consumer(self) -> Consumer:
        """Return a consumer that applies events to this store."""
        return Consumer(self.service, self.store, self.keys, self.clock, self.tracer)

    def operator(self) -> Operator:
        """Return what an operator acts through."""
        return Operator(self.service, self.store, self.keys, self.clock, self.tracer)

    def timer_loop(self) -> TimerLoop:
        """Return what fires the service's timers."""
        return TimerLoop(self.service, self.store, self.keys, self.clock)

    def relay(self, bus: Bus, holder: str) -> Relay:
        """Return a relay of the service's log."""
        return Relay(self.store, self.service.name, bus, self.clock, holder)

    def work(self, bus: Bus, logs: Mapping[str, Source], holder: str, send: Callable[[], int] = lambda: 0) -> Work:
        """Return the service's background work on the local bus; `send` is its own step towards the outside."""
        sources = {name: logs[name] for name in sorted(self.hears)}
        consumer = self.consumer()
        reader = LocalReader(self.store, consumer, sources)
        self._watch(reader)
        return Work(
            relay=self.relay(bus, holder),
            reader=reader,
            sweep=Sweep(self.store, consumer, sources, self.clock),
            timers=self.timer_loop(),
            send=send,
            tracer=self.tracer,
        )

    def gauges(self) -> dict[str, float]:
        """Return what an operator watches, by name; a scrape reads indexes, and tables of what is amiss."""
        now = self.clock.now()
        told = {name: value for name, read in list(self.vitals.items()) if (value := _value(read)) is not None}
        with self.store.read() as session:
            oldest, last = relaying.unsent_span(session)
            waiting, since, parked = parking.count_held(session)
            return told | {
                "unsent_events": relaying.count_unsent(session),
                "oldest_unsent_seconds": self.unsent_age.see(oldest, last, now),
                "waiting_events": waiting,
                "oldest_waiting_seconds": (now - since).total_seconds() if since else 0,
                "parked_events": parked,
                "overdue_timers": timing.count_overdue(session, now),
                "parked_timers": self.parked_timers.get(lambda: timing.count_parked(session), now),
                "troubles": len(self.troubles),
                "relay_stopped": self._has_trouble(NOT_RELAYED),
                "consumer_stopped": self._has_trouble(NOT_APPLIED),
            }

    def health(self) -> Health:
        """Tell whether the service can do its work: its store answers, its disk has room, its consumer goes on."""
        reasons = [*self.troubles, *self._disk_troubles()]
        try:
            with self.store.read() as session:
                session.execute(select(1))
        except SQLAlchemyError as error:
            reasons.append(f"the store does not answer: {type(error).__name__}")
        return Health(ready=not reasons, reasons=reasons)

    def _disk_troubles(self) -> Iterator[str]:
        try:
            free = self.disk_free()
        except OSError as error:
            where = error.filename or "it"
            yield f"the disk does not answer: {error.strerror}; see that {where} is mounted and may be read"
            return
        if free is not None and free < FREE_MIN_BYTES:
            yield f"the disk is full: {free // MIB} MiB are left where the service writes; make room there"

    def _has_trouble(self, kind: str) -> bool:
        return any(trouble.startswith(kind) for trouble in self.troubles)

    def _watch(self, reader: LocalReader) -> None:
        """Let the gauges tell how far a reader of the local bus is behind, and for how long without progress."""
        still = Standstill(lambda: self.clock.now().timestamp())

        def stalled_s() -> float:
            still.see(progress=reader.progress, idle=not reader.behind())
            return still.seconds

        self.vitals.update(behind_events=reader.behind, stalled_seconds=stalled_s)


def _value(read: Callable[[], float | None]) -> float | None:
    """Return what a gauge reads; None too where the disk that it looks at does not answer, as `health` tells."""
    try:
        return read()
    except OSError:
        return None
