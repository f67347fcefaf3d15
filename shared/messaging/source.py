"""Reading a publisher's log: what sweep, backfill and read models ask for, in process or over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import bindparam, select

from shared.db.store import Store
from shared.messaging.history import published_after, published_of_subjects
from shared.messaging.tables import head

PAGE_MAX = 500
SUBJECTS_MAX = 100
"""How many subjects one question names: their names stand in the address of a request."""
HEADS = select(head).where(head.c.position > bindparam("after")).order_by(head.c.position).limit(bindparam("limit"))


@dataclass(frozen=True)
class Head:
    """The last event of a subject: its sequence, its seal, and its position in the log."""

    subject: str
    sequence: int
    seal: str
    position: int


class Source(Protocol):
    """A publisher's log, as others may read it: numbered events that are not internal, as wire documents."""

    def heads(self, after: int, limit: int = PAGE_MAX) -> list[Head]:
        """Return the heads whose position is above `after`, in order of position."""
        ...

    def after(self, position: int, limit: int = PAGE_MAX) -> list[str]:
        """Return events above a position, in the order of the log."""
        ...

    def of_subjects(self, after: Mapping[str, int], limit: int = PAGE_MAX) -> list[str]:
        """Return events of at most `SUBJECTS_MAX` subjects, each above a sequence, each subject's in order.

        What is over the limit is left out: ask for it again, above what came.
        """
        ...


class LogReader:
    """The source that reads the log where it stands, what was archived included."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def heads(self, after: int, limit: int = PAGE_MAX) -> list[Head]:
        """Return the heads whose position is above `after`, in order of position."""
        with self._store.read() as session:
            rows = session.execute(HEADS, {"after": after, "limit": limit})
            return [Head(row.subject, row.sequence, row.seal, row.position) for row in rows]

    def after(self, position: int, limit: int = PAGE_MAX) -> list[str]:
        """Return events above a position, in the order of the log."""
        with self._store.read() as session:
            return published_after(session, position, limit)

    def of_subjects(self, after: Mapping[str, int], limit: int = PAGE_MAX) -> list[str]:
        """Return events of subjects, each above a sequence, each subject's in order."""
        with self._store.read() as session:
            return published_of_subjects(session, after, limit)
