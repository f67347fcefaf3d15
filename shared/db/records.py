"""Rows as plain records: read in one statement, changed in memory, and written back as they then are in two."""

from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from shared.db.locks import locked
from shared.db.sets import insert_rows, update_rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


class Records(Generic[R]):
    """Rows of a table with one key, as records of a dataclass whose fields are the key and other columns of it."""

    def __init__(self, session: Session, table: Table, record: type[R]) -> None:
        self._session, self._table, self._record = session, table, record
        self._names = [field.name for field in fields(record)]
        (key,) = table.primary_key
        self._key, self._values = attrgetter(key.name), attrgetter(*self._names)
        self._all: dict[str, R] = {}
        self._before: dict[str, tuple[Any, ...]] = {}

    def read(self, *wanted: ColumnElement[bool], lock: bool = False) -> None:
        """Take in the rows that meet the conditions; locked, in the order of their keys, if it says so."""
        rows = select(*(self._table.c[name] for name in self._names)).where(*wanted)
        rows = rows.order_by(*self._table.primary_key)
        for row in self._session.execute(locked(rows) if lock else rows):
            record = self._record(*row)
            self._all[self._key(record)] = record
            self._before[self._key(record)] = tuple(row)

    def find(self, key: str) -> R | None:
        """Return the record with a key, None where none was read or added."""
        return self._all.get(key)

    def add(self, record: R) -> R:
        """Take in a record that has no row yet."""
        self._all[self._key(record)] = record
        return record

    def __iter__(self) -> Iterator[R]:
        """Yield every record."""
        return iter(self._all.values())

    def write(self) -> None:
        """Insert the records that were added, and the columns in which others differ from what was read."""
        now = {key: self._values(record) for key, record in self._all.items()}
        insert_rows(self._session, self._table, [self._all[key] for key in now if key not in self._before])
        changed = [key for key, before in self._before.items() if now[key] != before]
        compared = [zip(self._names, now[key], self._before[key], strict=True) for key in changed]
        differing = {name for values in compared for name, value, before in values if value != before}
        update_rows(self._session, self._table, [self._all[key] for key in changed], differing)
        self._before = now
