"""A node: one service put together with its store, its keys and its messaging, ready to be served and stepped."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.auth import TokenVerifier
from shared.clock import Clock
from shared.db.store import Store
from shared.keys.ring import KeyRing
from shared.messaging import relay as relaying
from shared.messaging import timers as timing
from shared.messaging.bus import Bus
from shared.messaging.cause import Cause, set_keys
from shared.messaging.consumer import Consumer
from shared.messaging.local import LocalReader
from shared.messaging.log import transaction
from shared.messaging.operate import Operator
from shared.messaging.relay import Relay
from shared.messaging.source import LogReader, Source
from shared.messaging.sweep import Sweep
from shared.messaging.tables import parked, waiting
from shared.messaging.timers import TimerLoop
from shared.messaging.worker import Work
from shared.random import Random
from shared.service import Service
from shared.web.host import Health
from shared.web.idempotency import Forgetting

PUBLISHERS = frozenset({"registration", "governance", "rewards", "training", "notify"})


@dataclass(frozen=True, kw_only=True)
class Node:
    """One service and what it stands on; `troubles` are why it is not ready although its store answers."""

    service: Service
    store: Store
    keys: KeyRing
    clock: Clock
    random: Random
    verifier: TokenVerifier
    troubles: list[str] = field(default_factory=list)
    forgetting: Forgetting = field(default_factory=Forgetting)

    @contextmanager
    def transaction(self, cause: Cause) -> Iterator[Session]:
        """Open a transaction whose events are written with it."""
        with transaction(self.store, self.service.name, self.keys, cause) as session:
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
        sources = {event.source for event in self.service.handlers} | {"registration"}
        heard = PUBLISHERS if "" in sources else sources
        return frozenset(heard) - {self.service.name}

    def consumer(self) -> Consumer:
        """Return a consumer that applies events to this store."""
        return Consumer(self.service, self.store, self.keys, self.clock)

    def operator(self) -> Operator:
        """Return what an operator acts through."""
        return Operator(self.service, self.store, self.keys, self.clock)

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
        return Work(
            relay=self.relay(bus, holder),
            reader=LocalReader(self.store, consumer, sources),
            sweep=Sweep(self.store, consumer, sources, self.clock),
            timers=self.timer_loop(),
            send=send,
        )

    def gauges(self) -> dict[str, float]:
        """Return what an operator watches: events not sent, waiting and parked, timers overdue."""
        with self.store.read() as session:
            return {
                "unsent_events": relaying.count_unsent(session),
                "waiting_events": session.scalar(select(func.count()).select_from(waiting)) or 0,
                "parked_events": session.scalar(select(func.count()).select_from(parked)) or 0,
                "overdue_timers": timing.count_overdue(session, self.clock.now()),
            }

    def health(self) -> Health:
        """Tell whether the service can do its work: its store answers, and nothing has stopped its consumer."""
        reasons = list(self.troubles)
        try:
            with self.store.read() as session:
                session.execute(select(1))
        except SQLAlchemyError as error:
            reasons.append(f"the store does not answer: {type(error).__name__}")
        return Health(ready=not reasons, reasons=reasons)
