"""Whether a log is whole: every event in its place, every seal right, every head the last of its subject."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shared.messaging.relay import LEASE_NAME
from shared.messaging.seal import GENESIS, seal_of
from shared.messaging.tables import event_log, head, relay_lease

ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Break:
    """Where a log is not whole: a code, the event or subject that it was found at, and what differs there."""

    code: str
    subject: str
    detail: str


@dataclass
class _Walk:
    """What has been read of a log so far."""

    position: int = 0
    seal: str = GENESIS
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, row: Row[Any]) -> Iterator[Break]:
        """Compare one row with what must come next, and go on from what stands in it."""
        if row.position != self.position + 1:
            yield Break("log-gap", row.id, f"position {self.position + 1} is missing before {row.position}")
        if row.sequence is not None:
            yield from self._take_in_subject(row)
        numbers = {"position": row.position, "sequence": row.sequence, "previous": row.previous}
        if seal_of(self.seal, document=row.document, **numbers) != row.seal:
            yield Break("seal-broken", row.id, f"the event at position {row.position} is not what was sealed there")
        self.position, self.seal = row.position, row.seal

    def _take_in_subject(self, row: Row[Any]) -> Iterator[Break]:
        sequence, seal = self.heads.get(row.subject, (0, GENESIS))
        if row.sequence != sequence + 1:
            yield Break("subject-gap", row.subject, f"sequence {sequence + 1} is missing before {row.sequence}")
        elif row.previous != seal:
            yield Break("seal-broken", row.id, f"sequence {row.sequence} of {row.subject} names another predecessor")
        self.heads[row.subject] = (row.sequence, row.seal)


def breaks(session: Session) -> Iterator[Break]:
    """Yield every place where the log differs from what its relay sealed; nothing where it is whole."""
    walk = _Walk()
    wanted = select(event_log).where(event_log.c.position.is_not(None)).order_by(event_log.c.position)
    for row in session.execute(wanted.execution_options(yield_per=ROWS_AT_ONCE)):
        yield from walk.take(row)
    yield from _heads_that_differ(session, walk)
    yield from _lease_that_differs(session, walk)


def _heads_that_differ(session: Session, walk: _Walk) -> Iterator[Break]:
    kept = {row.subject: (row.sequence, row.seal) for row in session.execute(select(head))}
    for subject in sorted(kept.keys() | walk.heads.keys()):
        if kept.get(subject) != walk.heads.get(subject):
            yield Break("head-differs", subject, "the head of the subject is not its last event in the log")


def _lease_that_differs(session: Session, walk: _Walk) -> Iterator[Break]:
    lease = session.execute(select(relay_lease).where(relay_lease.c.name == LEASE_NAME)).one_or_none()
    reached = (0, GENESIS) if lease is None else (lease.position, lease.seal)
    if reached != (walk.position, walk.seal):
        yield Break(
            "tail-differs", LEASE_NAME, f"the relay reached position {reached[0]}, the log ends at {walk.position}"
        )
