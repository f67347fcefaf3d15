"""A small subscriber with one table, so that the kit is tested without any service of the project."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Column, Integer, MetaData, SelectBase, Table, Text, insert, select
from sqlalchemy.orm import Session

from shared.clock import SettableClock
from shared.db.store import Store
from shared.events.governance import HazardRejectedV1, HazardVerifiedV1
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging import Handlers, Timers, each, is_erased
from shared.messaging.consumer import Consumer
from shared.messaging.operate import Operator
from shared.messaging.tables import KIT
from tests.moments import NOON
from tests.publisher import Publisher
from tests.stores import STORES

METADATA = MetaData()
effect = Table(
    "effect",
    METADATA,
    Column("ordinal", Integer, primary_key=True),
    Column("hazard_id", Text, nullable=False),
    Column("word", Text, nullable=False),
)


class BadSeverityError(ValueError):
    """The subscriber's own way to fail."""


@dataclass
class Tester:
    """The subscriber; `broken` makes its handler raise."""

    name: str = "tester"
    handlers: Handlers = field(default_factory=dict)
    broken: Callable[[HazardVerifiedV1], Exception | None] = field(default=lambda _event: None)
    erased: list[str] = field(default_factory=list)
    lock: Callable[[Session, Sequence[str]], None] | None = None
    timers: Timers = field(default_factory=dict)
    timed: Callable[[str], SelectBase] | None = None

    def __post_init__(self) -> None:
        self.handlers = {HazardVerifiedV1: each(self.note, key=lambda event: event.rider_id)}

    def note(self, session: Session, event: HazardVerifiedV1) -> None:
        """Write one row per event."""
        session.execute(insert(effect).values(hazard_id=event.hazard_id, word=event.severity))
        error = self.broken(event)
        if error is not None:
            raise error

    def erase(self, session: Session, rider_id: str) -> None:
        """Remember who was erased."""
        assert is_erased(session, rider_id)
        self.erased.append(rider_id)


@dataclass
class Kit:
    """Everything that a test of the kit needs."""

    service: Tester
    store: Store
    keys: KeyRing
    clock: SettableClock
    consumer: Consumer
    operator: Operator
    publisher: Publisher

    def verified(self, hazard: str, severity: str = "low") -> str:
        """Return the next event of a hazard: one that is handled."""
        event = HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", severity=severity)
        return self.publisher.document(event, NOON)

    def rejected(self, hazard: str) -> str:
        """Return the next event of a hazard: one that is passed over."""
        event = HazardRejectedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", reason="not-found")
        return self.publisher.document(event, NOON)

    def apply(self, *documents: str) -> None:
        """Apply documents as one run."""
        self.consumer.apply(self.publisher.run(*documents))

    def effects(self) -> list[tuple[str, str]]:
        """Return what took effect, in order."""
        with self.store.read() as session:
            rows = session.execute(select(effect).order_by(effect.c.ordinal)).all()
        return [(row.hazard_id, row.word) for row in rows]

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        with self.store.read() as session:
            return len(session.execute(select(table)).all())


def make_kit() -> Kit:
    """Return a subscriber on an empty store, which the caller closes."""
    store = STORES.new("tester", KIT, METADATA)
    service, keys, clock = Tester(), KeyRing(b"k" * 32, MemoryKeyBox()), SettableClock(NOON)
    return Kit(
        service=service,
        store=store,
        keys=keys,
        clock=clock,
        consumer=Consumer(service, store, keys, clock),
        operator=Operator(service, store, keys, clock),
        publisher=Publisher("governance"),
    )


@pytest.fixture
def kit() -> Iterator[Kit]:
    """Return a subscriber on an empty store."""
    made = make_kit()
    yield made
    made.store.close()
