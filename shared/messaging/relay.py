"""The relay: the log's single reader, which numbers and seals new events and hands them to the bus in order."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.locks import locked
from shared.db.sets import insert_rows, one_of, update_rows
from shared.db.store import Store
from shared.db.upsert import insert_new
from shared.messaging.bus import DONE, Bus, Record
from shared.messaging.seal import GENESIS, Numbers, seal_of, wire_document
from shared.messaging.strangers import find_stranger
from shared.messaging.tables import event_log, head, relay_lease

LEASE_NAME = "relay"
LEASE_S = 20
BATCH_MAX = 1000
FLIGHT_MAX = 4
"""How many batches may be on their way to the bus at once."""


@dataclass(slots=True)
class Numbered:
    """A row of the log that has its place and seal; the fields are columns of the log."""

    ordinal: int
    subject: str
    internal: bool
    document: str
    position: int
    sequence: int | None
    previous: str | None
    seal: str


NUMBERS = ("position", "sequence", "previous", "seal")
COLUMNS = [event_log.c[field.name] for field in fields(Numbered)]
THE_LEASE = relay_lease.c.name == LEASE_NAME
LEASE = locked(select(relay_lease).where(THE_LEASE))
RENEW = update(relay_lease).where(THE_LEASE).values(holder=bindparam("new_holder"), expires_at=bindparam("until"))
MOVE_SENT = (
    update(relay_lease).where(THE_LEASE, relay_lease.c.sent < bindparam("up_to")).values(sent=bindparam("up_to"))
)
NEW = select(*COLUMNS[:4]).where(event_log.c.position.is_(None)).order_by(event_log.c.ordinal).limit(bindparam("most"))
HAS_NEW = select(event_log.c.ordinal).where(event_log.c.position.is_(None)).limit(1)
UNSENT = (
    select(*COLUMNS)
    .where(event_log.c.position > select(relay_lease.c.sent).where(THE_LEASE).scalar_subquery())
    .where(event_log.c.position > bindparam("after"))
    .order_by(event_log.c.position)
    .limit(bindparam("most"))
)

OLDEST_NUMBERED = (
    select(event_log.c.ordinal)
    .where(event_log.c.position > select(relay_lease.c.sent).where(THE_LEASE).scalar_subquery())
    .order_by(event_log.c.position)
    .limit(1)
)
OLDEST_UNNUMBERED = select(func.min(event_log.c.ordinal)).where(event_log.c.position.is_(None))
UNNUMBERED = select(func.count()).select_from(event_log).where(event_log.c.position.is_(None))
LAST = select(func.max(event_log.c.ordinal))


class RelayStoppedError(RuntimeError):
    """The bus holds what the log does not: the store is an older copy, or somebody else wrote; nothing may be sent."""


class Relay:
    """One holder of a service's relay lease; a second one waits until the lease has run out.

    What a stale holder still sends does no harm: consumers drop what is not above their marks.
    """

    def __init__(self, store: Store, source: str, bus: Bus, clock: Clock, holder: str) -> None:
        self._store, self._source, self._bus, self._clock, self._holder = store, source, bus, clock, holder
        self._renew_at = clock.now()
        self._handed = 0
        self._flight: deque[tuple[int, Future[None]]] = deque()

    def number(self) -> int:
        """Give the next unnumbered events their place and seal, in one transaction; return how many."""
        return len(self._number_next())

    def unsent(self, after: int = 0) -> list[Numbered]:
        """Return the numbered events behind the last acknowledged one, and behind `after`, in the order of the log."""
        with self._store.read() as session:
            return _unsent(session, after)

    def send(self, rows: Sequence[Numbered]) -> None:
        """Publish rows of `unsent` and, once all are acknowledged, move on what counts as sent."""
        self._publish(rows).result()
        self._move_sent(rows[-1].position)

    def step(self) -> bool:
        """Number and send once, batches in flight; tell whether anything was done. An idle log is only read.

        Raises a ConnectionError when an acknowledgement failed: all behind the last one is sent again.
        """
        has_new, rows = self._look()
        numbered = self._number_next() if has_new else []
        try:
            if has_new and not self._is_full():
                rows = numbered if self._follows(numbered) else self.unsent(self._handed)
            handed = self._hand_on(rows)
            settled = self._settle(wait=not (numbered or handed) or self._is_full())
        except BaseException:
            self._flight.clear()
            self._handed = 0
            raise
        return bool(numbered or handed or settled)

    def check(self, tail: Sequence[str]) -> None:
        """Compare the last events on the bus, one a partition, with the log.

        Raises RelayStoppedError when the log does not hold one of them with the same id, position and seal.
        """
        with self._store.read() as session:
            strange = find_stranger(session, self._source, tail)
        if strange is not None:
            raise RelayStoppedError(strange)

    def release(self) -> None:
        """Give the lease up, so that the next holder need not wait for its end."""
        free = update(relay_lease).where(THE_LEASE, relay_lease.c.holder == self._holder)
        self._renew_at = self._clock.now()
        with self._store.write() as session:
            session.execute(free.values(expires_at=self._clock.now()))

    def _number_next(self) -> list[Numbered]:
        with self._store.write() as session:
            lease = self._hold(session)
            if lease is None:
                return []
            rows = session.execute(NEW, {"most": BATCH_MAX}).all()
            return _number(session, lease, rows) if rows else []

    def _follows(self, rows: Sequence[Numbered]) -> bool:
        """Tell whether rows begin where what was handed to the bus ends, so that they need not be read again."""
        return bool(rows) and rows[0].position == self._handed + 1

    def _look(self) -> tuple[bool, list[Numbered]]:
        """Tell whether anything is to be numbered, and where nothing is, what is to be handed on: from one snapshot."""
        with self._store.read() as session:
            if session.scalar(HAS_NEW) is not None:
                return True, []
            return False, [] if self._is_full() else _unsent(session, self._handed)

    def _hand_on(self, rows: Sequence[Numbered]) -> int:
        """Hand a batch to the bus, if the lease is ours."""
        if not rows or not self._leads():
            return 0
        self._flight.append((rows[-1].position, self._publish(rows)))
        self._handed = rows[-1].position
        return len(rows)

    def _is_full(self) -> bool:
        return len(self._flight) == FLIGHT_MAX

    def _settle(self, *, wait: bool) -> int:
        """Move on what counts as sent over the batches that are acknowledged, in their order; return how many."""
        settled, position = 0, 0
        while self._flight and (self._flight[0][1].done() or (wait and not settled)):
            self._flight[0][1].result()
            position, _ = self._flight.popleft()
            settled += 1
        if settled:
            self._move_sent(position)
        return settled

    def _publish(self, rows: Sequence[Numbered]) -> Future[None]:
        records = [Record(row.subject, wire_document(row.document, _numbers(row))) for row in rows if not row.internal]
        return self._bus.publish(self._source, records) if records else DONE

    def _move_sent(self, position: int) -> None:
        with self._store.write() as session:
            session.execute(MOVE_SENT, {"up_to": position})

    def _leads(self) -> bool:
        """Tell whether the lease is ours, and renew it when half of it has gone by."""
        if self._clock.now() < self._renew_at:
            return True
        with self._store.write() as session:
            return self._hold(session) is not None

    def _hold(self, session: Session) -> Row[Any] | None:
        """Lock the lease row, and renew it when half of it has gone by; None while another holds it."""
        now = self._clock.now()
        lease = session.execute(LEASE).one_or_none()
        if lease is None:
            free = {"name": LEASE_NAME, "holder": self._holder, "expires_at": now}
            session.execute(insert_new(session, relay_lease), [{**free, "position": 0, "seal": GENESIS, "sent": 0}])
            lease = session.execute(LEASE).one()
        if lease.holder != self._holder and _is_running(lease.expires_at, now):
            return None
        if lease.holder != self._holder or now >= self._renew_at or not _is_running(lease.expires_at, now):
            session.execute(RENEW, {"new_holder": self._holder, "until": now + timedelta(seconds=LEASE_S)})
            self._renew_at = now + timedelta(seconds=LEASE_S / 2)
        return lease


def count_unsent(session: Session) -> int:
    """Return how many events of the log are not acknowledged by the bus yet."""
    numbered = session.scalar(select(relay_lease.c.position - relay_lease.c.sent).where(THE_LEASE)) or 0
    return numbered + (session.scalar(UNNUMBERED) or 0)


def count_unsent_up_to(session: Session, up_to: int) -> int:
    """Return how many events of the log up to a row are not acknowledged by the bus yet."""
    sent = select(relay_lease.c.sent).where(THE_LEASE).scalar_subquery()
    unsent = (event_log.c.position.is_(None)) | (event_log.c.position > func.coalesce(sent, 0))
    return session.scalar(select(func.count()).select_from(event_log).where(unsent, event_log.c.ordinal <= up_to)) or 0


def unsent_span(session: Session) -> tuple[int | None, int]:
    """Return the log's rows, by ordinal: the oldest one that is not acknowledged yet, if any, and the last one."""
    oldest = session.scalar(OLDEST_NUMBERED) or session.scalar(OLDEST_UNNUMBERED)
    return oldest, session.scalar(LAST) or 0


def is_relaying(session: Session, now: datetime) -> bool:
    """Tell whether a relay holds the lease of this log."""
    expires_at = session.scalar(select(relay_lease.c.expires_at).where(THE_LEASE))
    return expires_at is not None and _is_running(expires_at, now)


def has_relayed(session: Session) -> bool:
    """Tell whether a relay ever ran on this log."""
    return session.scalar(select(relay_lease.c.name).where(THE_LEASE)) is not None


def _is_running(expires_at: datetime, now: datetime) -> bool:
    """Tell whether a lease runs; one that ends later than a holder may write was written by a clock that ran ahead."""
    return now < expires_at <= now + 2 * timedelta(seconds=LEASE_S)


def _number(session: Session, lease: Row[Any], rows: Sequence[Row[Any]]) -> list[Numbered]:
    subjects = sorted({row.subject for row in rows if not row.internal})
    known = session.execute(select(head).where(one_of(session, head.c.subject, subjects))).all()
    heads = {row.subject: (row.sequence, row.seal) for row in known}
    last, numbered, moved = lease.seal, list[Numbered](), dict[str, dict[str, Any]]()
    for position, row in enumerate(rows, start=lease.position + 1):
        sequence, previous = (None, None) if row.internal else heads.get(row.subject, (0, GENESIS))
        sequence = None if sequence is None else sequence + 1
        last = seal_of(last, previous=previous, position=position, sequence=sequence, document=row.document)
        if sequence is not None:
            heads[row.subject] = (sequence, last)
            moved[row.subject] = {"subject": row.subject, "sequence": sequence, "seal": last, "position": position}
        told = (row.ordinal, row.subject, row.internal, row.document)
        numbered.append(Numbered(*told, position, sequence, previous, last))
    update_rows(session, event_log, numbered, NUMBERS)
    _move_heads(session, moved, {row.subject for row in known})
    session.execute(update(relay_lease).where(THE_LEASE).values(position=lease.position + len(rows), seal=last))
    return numbered


def _unsent(session: Session, after: int) -> list[Numbered]:
    return [Numbered(*row) for row in session.execute(UNSENT, {"after": after, "most": BATCH_MAX})]


def _move_heads(session: Session, moved: Mapping[str, dict[str, Any]], known: Collection[str]) -> None:
    """Keep the last event of each subject; whoever holds the lease is the only one who does."""
    insert_rows(session, head, [row for subject, row in moved.items() if subject not in known])
    further = [row for subject, row in moved.items() if subject in known]
    update_rows(session, head, further, ("sequence", "seal", "position"))


def _numbers(row: Numbered) -> Numbers:
    return Numbers(row.position, row.sequence, row.previous, row.seal)
