"""The relay: the log's single reader, which numbers and seals new events and hands them to the bus in order."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.store import Store
from shared.db.upsert import insert_new, upsert
from shared.messaging.bus import Bus, Record
from shared.messaging.seal import GENESIS, Numbers, seal_of, wire_document
from shared.messaging.tables import event_log, head, relay_lease

LEASE_NAME = "relay"
LEASE_S = 20
BATCH_MAX = 1000

NUMBERED = (
    update(event_log)
    .where(event_log.c.ordinal == bindparam("row"))
    .values({name: bindparam(f"to_{name}") for name in ("position", "sequence", "previous", "seal")})
)


class Relay:
    """One holder of a service's relay lease; a second one waits until the lease has run out.

    What a stale holder still sends does no harm: consumers drop what is not above their marks.
    """

    def __init__(self, store: Store, source: str, bus: Bus, clock: Clock, holder: str) -> None:
        self._store, self._source, self._bus, self._clock, self._holder = store, source, bus, clock, holder

    def number(self) -> int:
        """Give the next unnumbered events their place and seal, in one transaction; return how many."""
        with self._store.write() as session:
            lease = self._hold(session)
            if lease is None:
                return 0
            rows = session.execute(
                select(event_log).where(event_log.c.position.is_(None)).order_by(event_log.c.ordinal).limit(BATCH_MAX)
            ).all()
            if rows:
                _number(session, lease, rows)
        return len(rows)

    def unsent(self) -> Sequence[Row[Any]]:
        """Return the numbered events after the last acknowledged one, in the order of the log."""
        with self._store.read() as session:
            sent = select(relay_lease.c.sent).where(relay_lease.c.name == LEASE_NAME).scalar_subquery()
            return session.execute(
                select(event_log).where(event_log.c.position > sent).order_by(event_log.c.position).limit(BATCH_MAX)
            ).all()

    def send(self, rows: Sequence[Row[Any]]) -> None:
        """Publish rows of `unsent` and, once all are acknowledged, move on what counts as sent."""
        records = [Record(row.subject, wire_document(row.document, _numbers(row))) for row in rows if not row.internal]
        if records:
            self._bus.publish(self._source, records)
        with self._store.write() as session:
            session.execute(
                update(relay_lease)
                .where(relay_lease.c.name == LEASE_NAME, relay_lease.c.sent < rows[-1].position)
                .values(sent=rows[-1].position)
            )

    def step(self) -> bool:
        """Number and send once; tell whether anything was done. An idle log is only read."""
        numbered = self.number() if self._has_new() else 0
        rows = self.unsent()
        if rows:
            self.send(rows)
        return bool(numbered or rows)

    def _has_new(self) -> bool:
        with self._store.read() as session:
            return (
                session.scalar(select(event_log.c.ordinal).where(event_log.c.position.is_(None)).limit(1)) is not None
            )

    def _hold(self, session: Session) -> Row[Any] | None:
        """Lock the lease row and renew it; None while another holds it."""
        now, mine = self._clock.now(), relay_lease.c.name == LEASE_NAME
        wanted = select(relay_lease).where(mine).with_for_update()
        lease = session.execute(wanted).one_or_none()
        if lease is None:
            free = {"name": LEASE_NAME, "holder": self._holder, "expires_at": now}
            session.execute(insert_new(session, relay_lease), [{**free, "position": 0, "seal": GENESIS, "sent": 0}])
            lease = session.execute(wanted).one()
        if lease.holder != self._holder and lease.expires_at > now:
            return None
        until = now + timedelta(seconds=LEASE_S)
        session.execute(update(relay_lease).where(mine).values(holder=self._holder, expires_at=until))
        return lease


def count_unsent(session: Session) -> int:
    """Return how many events of the log are not acknowledged by the bus yet."""
    sent = select(relay_lease.c.sent).where(relay_lease.c.name == LEASE_NAME).scalar_subquery()
    unsent = (event_log.c.position.is_(None)) | (event_log.c.position > func.coalesce(sent, 0))
    return session.scalar(select(func.count()).select_from(event_log).where(unsent)) or 0


def has_relayed(session: Session) -> bool:
    """Tell whether a relay ever ran on this log."""
    return session.scalar(select(relay_lease.c.name).where(relay_lease.c.name == LEASE_NAME)) is not None


def _number(session: Session, lease: Row[Any], rows: Sequence[Row[Any]]) -> None:
    subjects = sorted({row.subject for row in rows if not row.internal})
    known = session.execute(select(head).where(head.c.subject.in_(subjects))).all()
    heads = {row.subject: (row.sequence, row.seal) for row in known}
    last, changes, moved = lease.seal, [], {}
    for position, row in enumerate(rows, start=lease.position + 1):
        sequence, previous = (None, None) if row.internal else heads.get(row.subject, (0, GENESIS))
        sequence = None if sequence is None else sequence + 1
        last = seal_of(last, previous=previous, position=position, sequence=sequence, document=row.document)
        if sequence is not None:
            heads[row.subject] = (sequence, last)
            moved[row.subject] = {"subject": row.subject, "sequence": sequence, "seal": last, "position": position}
        numbers = {"to_position": position, "to_sequence": sequence, "to_previous": previous, "to_seal": last}
        changes.append({"row": row.ordinal, **numbers})
    session.connection().execute(NUMBERED, changes)
    upsert(session, head, list(moved.values()))
    session.execute(
        update(relay_lease)
        .where(relay_lease.c.name == LEASE_NAME)
        .values(position=lease.position + len(rows), seal=last)
    )


def _numbers(row: Row[Any]) -> Numbers:
    return Numbers(row.position, row.sequence, row.previous, row.seal)
