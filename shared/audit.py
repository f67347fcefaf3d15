"""What the audits of all services look for alike: every row is what events tell of it, and the erased are gone."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.events.envelope import Envelope, Event
from shared.messaging.history import every_told
from shared.messaging.log import every_erased
from shared.messaging.tables import tombstone
from shared.service import Finding
from shared.told import Columns, Key, Record, Rows

ROWS_AT_ONCE = 1000


class Telling:
    """What the events taken so far tell of the rows of some tables."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._told = [(record, Rows()) for record in records]

    @property
    def classes(self) -> set[type[Event]]:
        """The classes of events that tell anything of these tables."""
        return {event_class for record, _ in self._told for event_class in record.steps}

    def take(self, envelope: Envelope, event: Event) -> None:
        """Let an event say what it tells of each table."""
        for record, rows in self._told:
            step = record.steps.get(type(event))
            if step is not None:
                step(rows, event, envelope)

    def differences(self, session: Session) -> Iterator[Finding]:
        """Find the rows that differ from what was told, those that nothing tells of, and those that are missing."""
        erased = every_erased(session)
        for record, rows in self._told:
            gone = _forget_erased(record, rows, erased)
            yield from _differences(session, record, rows, gone)


def differences_from_log(session: Session, records: Iterable[Record]) -> Iterator[Finding]:
    """Compare tables with the service's own log, one after the other, so that the rows of one are held at a time."""
    for record in records:
        telling = Telling((record,))
        for envelope, event in every_told(session, telling.classes):
            telling.take(envelope, event)
        yield from telling.differences(session)


def erased_that_remain(session: Session, *columns: InstrumentedAttribute[Any]) -> Iterator[Finding]:
    """Find the riders whom a column still names although they were erased."""
    for column in columns:
        left = select(column).where(column.in_(select(tombstone.c.rider_id))).distinct()
        for rider_id in session.scalars(left):
            detail = f"table {column.class_.__tablename__} still names an erased rider"
            yield Finding("erased-rider-remains", str(rider_id), detail)


def _forget_erased(record: Record, told: Rows, erased: set[str]) -> set[Key]:
    """Let the rows of erased riders say what is left of them; return the keys of those that are deleted."""
    gone = set[Key]()
    for key, said in list(told.items()):
        rider_id = said.get(record.rider) if record.rider in said else _part_of_key(record, key)
        if rider_id not in erased:
            continue
        if record.erased is None:
            gone.add(key)
            del told[key]
        else:
            said.update(record.erased)
    return gone


def _part_of_key(record: Record, key: Key) -> str | None:
    return key[record.key.index(record.rider)] if record.rider in record.key else None


def _differences(session: Session, record: Record, told: Rows, gone: set[Key]) -> Iterator[Finding]:
    name, table = record.table.name, record.table
    rows = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
    if record.only is not None:
        rows = rows.where(table.c[record.only])
    for row in session.execute(rows):
        key = tuple(_value(row, column) for column in record.key)
        said = told.pop(key, record.otherwise)
        if said is not None:
            yield from _compare(record, row, said)
        elif key not in gone and None not in key:
            yield Finding(f"{name}-not-told", _id(record, row), f"no event tells of {name} {_id(record, row)}")
    for key, said in told.items():
        about = dict(zip(record.key, key, strict=True)) | said
        detail = f"{name} is not there, and the log tells of it: {_spelled(about)}"
        yield Finding(f"{name}-missing", "/".join(map(str, key)), detail)


def _compare(record: Record, row: Row[Any], said: Columns) -> Iterator[Finding]:
    for column, value in said.items():
        stands = _value(row, column)
        if stands != value:
            name, row_id = record.table.name, _id(record, row)
            detail = f"{column} of {name} {row_id} is {_shown(stands)}, the log says {_shown(value)}"
            yield Finding(f"{name}-differs-from-log", row_id, detail)


def _id(record: Record, row: Row[Any]) -> str:
    return "/".join(str(_value(row, column.name)) for column in record.table.primary_key.columns)


def _value(row: Row[Any], column: str) -> Any:
    return row._mapping[column]


def _spelled(said: Columns) -> str:
    return ", ".join(f"{column} {_shown(value)}" for column, value in said.items())


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
