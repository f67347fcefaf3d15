"""Whether a log is whole: every event in its place, every seal right, every head the last of its subject."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from shared.messaging.history import Entry, archive_of, archived_entry, entries, list_months, manifest_of
from shared.messaging.month_files import ArchiveError
from shared.messaging.relay import LEASE_NAME
from shared.messaging.seal import GENESIS, is_sealed
from shared.messaging.tables import archived_event, head, relay_lease


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

    def take(self, one: Entry) -> Iterator[Break]:
        """Compare one event with what must come next, and go on from what stands in it."""
        numbers = one.numbers
        follows = numbers.position == self.position + 1
        if not follows:
            yield Break("log-gap", one.id, _missing(self.position + 1, numbers.position))
        if numbers.sequence is not None:
            yield from self._take_in_subject(one, numbers.sequence)
        if not is_sealed(self.seal, one.document, numbers):
            lacking = (
                "is not what was sealed there" if follows else "cannot be compared: what it was sealed after is missing"
            )
            yield Break("seal-broken", one.id, f"the event at position {numbers.position} {lacking}")
        self.position, self.seal = numbers.position, numbers.seal

    def _take_in_subject(self, one: Entry, at: int) -> Iterator[Break]:
        sequence, seal = self.heads.get(one.subject, (0, GENESIS))
        if at != sequence + 1:
            yield Break("subject-gap", one.subject, f"sequence {sequence + 1} is missing before {at}")
        elif one.numbers.previous != seal:
            yield Break("seal-broken", one.id, f"sequence {at} of {one.subject} names another predecessor")
        self.heads[one.subject] = (at, one.numbers.seal)


def _missing(first: int, after: int) -> str:
    places = f"position {first} is" if first + 1 == after else f"positions {first} to {after - 1} are"
    return f"{places} missing before {after}"


def breaks(session: Session) -> Iterator[Break]:
    """Yield every place where the log differs from what its relay sealed; nothing where it is whole.

    Behind a month of the archive that cannot be read nothing can be compared, and the walk ends there.
    """
    walk = _Walk()
    for month in list_months(session):
        try:
            yield from _breaks_of_month(session, month, walk)
        except (ArchiveError, ValueError) as error:
            yield Break("archive-damaged", month.month, str(error))
            return
    yield from _archived_ids_that_differ(session, walk.position)
    for one in entries(session, 0):
        yield from walk.take(one)
    yield from _heads_that_differ(session, walk)
    yield from _lease_that_differs(session, walk)


def _breaks_of_month(session: Session, month: Row[Any], walk: _Walk) -> Iterator[Break]:
    files, manifest = archive_of(session), manifest_of(session, month)
    if files.sha256(month.month) != month.sha256:
        yield Break("archive-differs", month.month, "the file of the month is not the one that was written")
    for line in files.lines(manifest):
        yield from walk.take(archived_entry(line))
    if (walk.position, walk.seal) != (month.last_position, month.last_seal):
        yield Break("archive-differs", month.month, f"the month does not end at position {month.last_position}")


def _archived_ids_that_differ(session: Session, archived: int) -> Iterator[Break]:
    """Compare how many ids are kept of the archive: one that is missing would be told again."""
    kept = session.scalar(select(func.count()).select_from(archived_event)) or 0
    if kept != archived:
        yield Break("archive-differs", "archived_event", f"{kept} ids are kept of {archived} archived events")


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
