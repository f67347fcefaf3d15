"""One service on a real store with a clock that the test moves: events in, commands in, events out."""

import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.auth import Principal
from shared.clock import SettableClock
from shared.db.store import Store
from shared.events.envelope import Event
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging.cause import of_command
from shared.messaging.tables import KIT, event_log, parked, timer, waiting
from shared.node import Node
from shared.random import SeededRandom
from shared.service import Service
from tests.applications import application_of
from tests.clients import Client
from tests.moments import NOON
from tests.publisher import Publisher
from tests.stores import STORES
from tests.tokens import bearer, verifier_for

E = TypeVar("E", bound=Event)


def empty_store(service: Service) -> Store:
    """Return a new store of the service."""
    return STORES.new(service.name, KIT, service.metadata)


class Bench:
    """A service under test."""

    def __init__(self, service: Service, now: datetime = NOON) -> None:
        self.service = service
        self.clock, self.random = SettableClock(now), SeededRandom(service.name)
        self.store = empty_store(service)
        self.keys = KeyRing(b"k" * 32, MemoryKeyBox())
        self.node = Node(
            service=service,
            store=self.store,
            keys=self.keys,
            clock=self.clock,
            random=self.random,
            verifier=verifier_for(service.name, self.clock),
        )
        self.consumer = self.node.consumer()
        self._publishers: dict[str, Publisher] = {}
        weakref.finalize(self, self.store.close)

    def publisher(self, source: str) -> Publisher:
        """Return the publisher that stands for another service."""
        return self._publishers.setdefault(source, Publisher(source))

    def apply(self, *events: Event, at: datetime | None = None, source: str | None = None) -> list[str]:
        """Apply events as if other services had published them now, or at a moment; return their documents."""
        documents = []
        for event in events:
            publisher = self.publisher(source or event.source)
            document = publisher.document(event, at or self.clock.now())
            self.consumer.apply(publisher.run(document))
            documents.append(document)
        return documents

    @contextmanager
    def command(self, principal: Principal) -> Iterator[Session]:
        """Open the transaction of a command that a principal gives now."""
        why = of_command(
            time=self.clock.now(),
            actor=principal.actor,
            request_id="request",
            traceparent=None,
            random=self.random,
        )
        with self.node.transaction(why) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a snapshot."""
        with self.node.snapshot() as session:
            yield session

    def rows(self) -> dict[str, list[str]]:
        """Return every row of the service and of what it holds up, as text, and the log in its order."""
        with self.read() as session:
            tables = (*self.service.metadata.sorted_tables, timer, parked, waiting)
            found = {table.name: sorted(map(str, session.execute(select(table)))) for table in tables}
            return found | {"log": list(map(str, session.execute(select(event_log).order_by(event_log.c.ordinal))))}

    def told(self, event_class: type[E]) -> list[E]:
        """Return the events of a class that the service has told, in order."""
        wanted = select(event_log.c.document).where(event_log.c.type == event_class.type_name())
        with self.store.read() as session:
            documents = session.scalars(wanted.order_by(event_log.c.ordinal)).all()
        return [event_class.model_validate(json.loads(document)["data"]) for document in documents]

    def fire_timers(self) -> int:
        """Fire every timer that is due, those that fall due by it included; return how many."""
        loop, fired = self.node.timer_loop(), 0
        while count := loop.fire_due():
            fired += count
        return fired

    def http(self, principal: Principal | None = None, language: str = "en", address: str = "testclient") -> Client:
        """Return a client of the service's real HTTP API at an address, signed in as the principal."""
        headers = {"Accept-Language": language}
        if principal is not None:
            headers |= {"Authorization": f"Bearer {bearer(principal, self.service.name, self.clock)}"}
        return Client(application_of(self.node), headers, address)
