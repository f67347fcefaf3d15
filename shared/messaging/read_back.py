"""Reading a log's tail back: a store that was put back to an older copy learns what it has told since."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.locks import locked
from shared.db.server import lift_limits
from shared.db.sets import insert_new_rows, update_rows
from shared.db.store import Store
from shared.db.upsert import insert_new, upsert
from shared.errors import ConfigurationError
from shared.events.envelope import Envelope
from shared.messaging.marks import Mark
from shared.messaging.relay import LEASE_NAME
from shared.messaging.seal import GENESIS, Numbers, is_sealed, read_wire, seal_of
from shared.messaging.tables import checkpoint, event_log, head, mark, relay_lease, restored

ROWS_AT_ONCE = 1000
BEFORE_ALL = datetime(1970, 1, 2, tzinfo=UTC)
WRITTEN = ("document", "position", "sequence", "previous", "seal")


class NotReadBackError(ConfigurationError):
    """A store was put back to an older copy, and does not know yet what it has told since."""


class ForkedHistoryError(ConfigurationError):
    """What is to be read back is not how the log went on."""


@dataclass
class Heard:
    """What consumers know of a publisher's log: how far they have read it, and their marks."""

    position: int = 0
    marks: dict[str, Mark] = field(default_factory=dict)

    def add(self, session: Session, publisher: str, counted: Collection[int]) -> None:
        """Take in what one consumer knows; `counted` are its checkpoints that count positions of the log."""
        read = select(checkpoint.c.next).where(checkpoint.c.source == publisher, checkpoint.c.partition.in_(counted))
        self.position = max([self.position, *session.scalars(read)])
        for row in session.execute(select(mark).where(mark.c.source == publisher, mark.c.sequence > 0)):
            if row.sequence > self.marks.get(row.subject, NOTHING).sequence:
                self.marks[row.subject] = Mark(row.sequence, row.seal)

    def knows(self, subject: str, numbers: Numbers) -> bool:
        """Tell whether anybody has read as far as a place of the log, or applied as much of the subject."""
        reached = self.marks.get(subject, NOTHING).sequence
        return numbers.position <= self.position or 0 < (numbers.sequence or 0) <= reached


@dataclass
class _Walk:
    """The log as its relay went on with it: where it stands, and the last event of each subject."""

    position: int
    seal: str
    heads: dict[str, Mark]
    ahead: deque[tuple[str, Numbers]]

    def pass_known(self, last: int = 0) -> None:
        """Go on over the known events up to a position, and over those that follow without a hole."""
        while self.ahead and self.ahead[0][1].position <= max(last, self.position + 1):
            self.go_on(*self.ahead.popleft())

    def go_on(self, subject: str, numbers: Numbers) -> None:
        """Stand behind an event."""
        self.position, self.seal = numbers.position, numbers.seal
        if numbers.sequence is not None:
            self.heads[subject] = Mark(numbers.sequence, numbers.seal)

    def numbers_of(self, row: Row[Any], marks: Mapping[str, Mark]) -> Numbers:
        """Return what the relay gave to an event that came next; the seal is a mark's where one speaks of its place."""
        at, position = self.heads.get(row.subject, NOTHING), self.position + 1
        sequence, previous = (None, None) if row.internal else (at.sequence + 1, at.seal)
        seal = seal_of(self.seal, previous=previous, position=position, sequence=sequence, document=row.document)
        heard = marks.get(row.subject, NOTHING)
        return Numbers(position, sequence, previous, heard.seal if heard.sequence == sequence else seal)


@dataclass(frozen=True)
class Tail:
    """What was read back: how many events, how many places of the log stayed empty, and where it ends now."""

    events: int
    empty: int
    position: int


NOTHING = Mark(0, GENESIS)


def mark_restored(session: Session, backup: str, taken_at: Any) -> None:
    """Let nothing run on the store until its log's tail was read back."""
    session.execute(delete(restored))
    session.execute(insert(restored).values(backup=backup, taken_at=taken_at))


def find_restored(session: Session) -> Row[Any] | None:
    """Return which backup the store was put back from, None where its log is whole to its end."""
    return session.execute(select(restored)).one_or_none()


def refuse_restored(session: Session, service: str) -> None:
    """Raise NotReadBackError where the tail of the log has not been read back."""
    found = find_restored(session)
    if found is not None:
        message = (
            f"the store of {service} was put back from the backup {found.backup}, and what it has told since is not "
            f"in its log yet: run `cheqi read-back`, then start again"
        )
        raise NotReadBackError(message)


def last_told_at(session: Session) -> datetime:
    """Return when the last event happened that has its place in the log's table; a moment before any where none has."""
    last = select(event_log.c.document).where(event_log.c.position.is_not(None)).order_by(event_log.c.position.desc())
    document = session.scalar(last.limit(1))
    return BEFORE_ALL if document is None else Envelope.parse(document).time


def let_run(session: Session) -> None:
    """Let services run on the store again."""
    session.execute(delete(restored))


def read_back(store: Store, documents: Iterable[str], heard: Heard, clock: Clock) -> Tail:
    """Put wire documents that stand above the log's end into their places, in one transaction.

    Where consumers have applied or read more than there are documents of, numbers go on above it, so that nothing
    new is taken for old; what of it the copy holds without its place is given that place, and not told anew. Done
    again it changes nothing. Raises ForkedHistoryError, with nothing written.
    """
    with store.write() as session:
        # Nobody works on the store meanwhile, and a long tail takes long to come and to be compared.
        lift_limits(session.connection())
        lease = _lease(session, clock)
        tail = _tail(session, documents, lease.position)
        _refuse_forks(tail, lease)
        whole = sorted([*tail, *_told_of_copy(session, lease, tail, heard)], key=_position)
        _write_events(session, whole)
        last = whole[-1][1].position if whole else lease.position
        end = max(last, heard.position)
        _write_heads(session, whole, heard.marks, end)
        seal = whole[-1][1].seal if whole else lease.seal
        session.execute(update(relay_lease).where(relay_lease.c.name == LEASE_NAME).values(position=end, seal=seal))
    return Tail(len(tail), end - lease.position - len(whole), end)


def _lease(session: Session, clock: Clock) -> Row[Any]:
    free = {"name": LEASE_NAME, "holder": "", "expires_at": clock.now(), "position": 0, "seal": GENESIS, "sent": 0}
    session.execute(insert_new(session, relay_lease), [free])
    return session.execute(locked(select(relay_lease).where(relay_lease.c.name == LEASE_NAME))).one()


def _tail(session: Session, documents: Iterable[str], above: int) -> list[tuple[str, Numbers]]:
    """Return the documents above a position with their numbers, in order, each place once; compare those below."""
    places: dict[int, tuple[str, Numbers]] = {}
    read = map(read_wire, documents)
    while some := list(islice(read, ROWS_AT_ONCE)):
        own = _seals(session, [numbers.position for _, numbers in some if numbers.position <= above])
        for document, numbers in some:
            place = numbers.position
            if own.get(place, numbers.seal) != numbers.seal:
                raise _other_than_on_bus(place)
            if place > above and places.setdefault(place, (document, numbers))[1].seal != numbers.seal:
                raise _two_on_bus(place)
    return [places[position] for position in sorted(places)]


def _seals(session: Session, positions: Collection[int]) -> dict[int, str]:
    """Return the seals of what stands at these positions of the log's table."""
    rows = session.execute(select(event_log.c.position, event_log.c.seal).where(event_log.c.position.in_(positions)))
    return {row.position: row.seal for row in rows}


def _other_than_on_bus(position: int) -> ForkedHistoryError:
    return ForkedHistoryError(
        f"another event stands at position {position} in this store than on the bus: a service ran on the copy before "
        "its tail was read back, or the copy is of another deployment; put the backup back again with `cheqi restore "
        "--replace`, or see docs/operations.md, A log that does not fit its topic"
    )


def _two_on_bus(position: int) -> ForkedHistoryError:
    return ForkedHistoryError(
        f"two events stand at position {position} on the bus: the log was told on from two copies of it; nothing "
        "starts on the store until its topic holds one of them only: see docs/operations.md, "
        "A log that does not fit its topic"
    )


def _refuse_forks(tail: Sequence[tuple[str, Numbers]], lease: Row[Any]) -> None:
    """Compare each event with the one before it, where that is there: over an empty place nothing can be compared."""
    position, seal = lease.position, lease.seal
    for document, numbers in tail:
        if numbers.position == position + 1 and not is_sealed(seal, document, numbers):
            message = (
                f"the event at position {numbers.position} was not sealed after the one before it in this store: the "
                "copy is of another deployment, or somebody wrote into its log; put another backup back"
            )
            raise ForkedHistoryError(message)
        position, seal = numbers.position, numbers.seal


def _told_of_copy(
    session: Session, lease: Row[Any], tail: Sequence[tuple[str, Numbers]], heard: Heard
) -> list[tuple[str, Numbers]]:
    """Return the events that the copy held without a place, nobody kept, and somebody has heard, with their places.

    A relay numbers in the order of the rows: all that stands before one that was told was given its place too.
    """
    rows = session.execute(select(event_log).where(event_log.c.position.is_(None)).order_by(event_log.c.ordinal)).all()
    if not rows:
        return []
    known = [(Envelope.parse(document), numbers) for document, numbers in tail]
    places = {envelope.id: numbers.position for envelope, numbers in known}
    taken = {(envelope.subject, numbers.sequence) for envelope, numbers in known}
    walk = _Walk(lease.position, lease.seal, _heads_of(session), deque((one.subject, at) for one, at in known))
    placed, told = list[tuple[str, Numbers]](), 0
    for row in rows:
        walk.pass_known(places.get(row.id, 0))
        if row.id in places:
            told = len(placed)
            continue
        numbers = walk.numbers_of(row, heard.marks)
        if not row.internal and (row.subject, numbers.sequence) in taken:
            continue
        walk.go_on(row.subject, numbers)
        placed.append((row.document, numbers))
        if heard.knows(row.subject, numbers):
            told = len(placed)
    return placed[:told]


def _heads_of(session: Session) -> dict[str, Mark]:
    rows = session.execute(select(head.c.subject, head.c.sequence, head.c.seal))
    return {row.subject: Mark(row.sequence, row.seal) for row in rows}


def _position(one: tuple[str, Numbers]) -> int:
    return one[1].position


def _write_events(session: Session, tail: Sequence[tuple[str, Numbers]]) -> None:
    waiting = select(event_log.c.id, event_log.c.ordinal).where(event_log.c.position.is_(None))
    unnumbered = {row.id: row.ordinal for row in session.execute(waiting)}
    for first in range(0, len(tail), ROWS_AT_ONCE):
        rows = [_row(*one) for one in tail[first : first + ROWS_AT_ONCE]]
        insert_new_rows(session, event_log, [row for row in rows if row["id"] not in unnumbered])
        stood = [{**row, "ordinal": unnumbered[row["id"]]} for row in rows if row["id"] in unnumbered]
        update_rows(session, event_log, stood, WRITTEN)


def _row(document: str, numbers: Numbers) -> dict[str, Any]:
    envelope = Envelope.parse(document)
    about = {"id": envelope.id, "subject": envelope.subject, "type": envelope.type, "document": document}
    places = {"position": numbers.position, "sequence": numbers.sequence}
    return {**about, **places, "internal": numbers.sequence is None, "previous": numbers.previous, "seal": numbers.seal}


def _write_heads(session: Session, tail: Sequence[tuple[str, Numbers]], marks: Mapping[str, Mark], end: int) -> None:
    """Let each subject's numbers go on above the last event that is there, or that anybody has applied."""
    reached = {row.subject: row.sequence for row in session.execute(select(head.c.subject, head.c.sequence))}
    heads: dict[str, dict[str, Any]] = {}
    for document, numbers in tail:
        if numbers.sequence is not None:
            subject = Envelope.parse(document).subject
            reached[subject] = numbers.sequence
            place = {"sequence": numbers.sequence, "seal": numbers.seal, "position": numbers.position}
            heads[subject] = {"subject": subject, **place}
    for subject, at in marks.items():
        if at.sequence > reached.get(subject, 0):
            heads[subject] = {"subject": subject, "sequence": at.sequence, "seal": at.seal, "position": end}
    upsert(session, head, list(heads.values()))
