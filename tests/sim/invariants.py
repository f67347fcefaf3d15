"""What must hold whenever the system is at rest, whatever happened before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, Table, func, select

from cheqi.agreement import disagreements
from shared.events.envelope import Envelope
from shared.keys.ring import KeyDestroyedError
from shared.messaging import integrity, parking
from shared.messaging.relay import count_unsent
from shared.messaging.tables import event_log, head, mark
from shared.messaging.timers import list_parked_timers
from tests.sim.record import applied
from tests.sim.world import Place, World

LOG = select(event_log.c.id, event_log.c.subject, event_log.c.type, event_log.c.sequence, event_log.c.document)
HEADS = select(head.c.subject, head.c.sequence)
MARKS = select(mark.c.source, mark.c.subject, mark.c.sequence)
NOTED = select(applied.c.event_id).order_by(applied.c.ordinal)
PERSONAL = ("1380000", "hole number", "39.9", "116.3", "116.2")


@dataclass(frozen=True)
class Books:
    """What the kit keeps in one service's store, read at once: its log, its heads, its marks, and what took effect."""

    log: Sequence[Any]
    heads: dict[str, int]
    marks: dict[tuple[str, str], int]
    noted: Sequence[str]


def violations(world: World, erased: Sequence[str]) -> Iterator[str]:
    """Yield every invariant that does not hold."""
    books = {name: _books_of(place) for name, place in world.places.items()}
    for name, place in world.places.items():
        for text in (
            *_at_rest(place),
            *_whole(place),
            *_reached(books, place),
            *_once_and_in_order(books, place),
            *_forgotten(place, erased),
            *_keys_destroyed(place, erased),
            *_nothing_personal_told(books[name]),
        ):
            yield f"{name}: {text}"
    nodes = {name: place.node for name, place in world.places.items()}
    for name, finding in disagreements(nodes):
        yield f"{name}: {finding.code} {finding.subject} {finding.detail}"


def _books_of(place: Place) -> Books:
    with place.node.snapshot() as session:
        return Books(
            session.execute(LOG).all(),
            {row.subject: row.sequence for row in session.execute(HEADS)},
            {(row.source, row.subject): row.sequence for row in session.execute(MARKS)},
            session.scalars(NOTED).all(),
        )


def _at_rest(place: Place) -> Iterator[str]:
    """Nothing is unsent, nothing waits, nothing is parked."""
    with place.node.snapshot() as session:
        if unsent := count_unsent(session):
            yield f"{unsent} events are unsent"
        for row in parking.list_all_waiting(session):
            yield f"{row.source} {row.subject} {row.sequence} waits"
        for row in parking.list_parked(session):
            yield f"{row.type} is parked: {row.reason} {row.error} at {row.place}"
        for row in list_parked_timers(session):
            yield f"timer {row.purpose} is parked: {row.error} at {row.place}"


def _whole(place: Place) -> Iterator[str]:
    """The log is whole, and the service's own audit finds nothing."""
    with place.node.snapshot() as session:
        for one in integrity.breaks(session):
            yield f"{one.code} {one.subject} {one.detail}"
        for finding in place.node.service.audit.check(session):
            yield f"{finding.code} {finding.subject} {finding.detail}"


def _reached(books: dict[str, Books], place: Place) -> Iterator[str]:
    """Every mark stands at its publisher's head."""
    reached = books[place.node.service.name].marks
    for source in sorted(place.node.hears):
        for subject, sequence in books[source].heads.items():
            if reached.get((source, subject)) != sequence:
                yield f"{source} {subject} stands at {sequence}, the mark at {reached.get((source, subject))}"


def _once_and_in_order(books: dict[str, Books], place: Place) -> Iterator[str]:
    """Each handled event of each publisher took effect once, in its subject's order."""
    noted = books[place.node.service.name].noted
    for event_id, count in Counter(noted).items():
        if count > 1:
            yield f"event {event_id} took effect {count} times"
    handled = {event.type_name() for event in place.node.service.handlers}
    places = {
        row.id: (f"{source}/{row.subject}", row.type, row.sequence)
        for source in place.node.hears
        for row in books[source].log
        if row.sequence is not None and row.type in handled
    }
    for lost in places.keys() - set(noted):
        yield f"event {lost} {places[lost]} had no effect"
    last: dict[str, int] = {}
    for event_id in noted:
        subject, _type, sequence = places[event_id]
        if sequence < last.get(subject, 0):
            yield f"{subject} {sequence} took effect after {last[subject]}"
        last[subject] = sequence


def _forgotten(place: Place, erased: Sequence[str]) -> Iterator[str]:
    """No table with sealed columns has a row of an erased rider."""
    sealed = [table for table in place.node.service.metadata.tables.values() if _is_sealed(table)]
    with place.node.snapshot() as session:
        for table in sealed:
            if "rider_id" in table.c:
                left = session.scalar(select(func.count()).where(table.c.rider_id.in_(erased)))
                if left:
                    yield f"{table.name} keeps {left} rows of erased riders"


def _keys_destroyed(place: Place, erased: Sequence[str]) -> Iterator[str]:
    """No service has a key of an erased rider, or makes one: what it sealed, in whatever copy, stays shut."""
    for rider_id in erased:
        with suppress(KeyDestroyedError):
            place.node.keys.seal(rider_id, "probe", b"")
            yield f"there is a key of the erased rider {rider_id}"


def _is_sealed(table: Table) -> bool:
    return any(isinstance(column.type, LargeBinary) for column in table.columns)


def _nothing_personal_told(books: Books) -> Iterator[str]:
    for row in books.log:
        data = str(Envelope.parse(row.document).data)
        for word in PERSONAL:
            if word in data:
                yield f"an event tells {word!r}: {row.document}"
