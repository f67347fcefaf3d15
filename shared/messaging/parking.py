"""Events that cannot take effect now: those that wait above a hole, and those that are parked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shared.db.sets import insert_new_rows, kept
from shared.db.upsert import upsert
from shared.messaging.arrivals import Arrival, Reason, Unreadable
from shared.messaging.tables import parked, waiting

ALIKE_MAX = 20
ALIKE_WITHIN = timedelta(minutes=1)
WAITING = kept(
    lambda one_of: (
        select(waiting)
        .where(waiting.c.source == bindparam("source"), one_of(waiting.c.subject, "subjects"))
        .order_by(waiting.c.subject, waiting.c.sequence)
    )
)
NUMBERED = kept(
    lambda one_of: select(parked.c.id, parked.c.subject, parked.c.sequence, parked.c.document).where(
        parked.c.source == bindparam("source"), one_of(parked.c.subject, "subjects"), parked.c.sequence.is_not(None)
    )
)


@dataclass(frozen=True)
class Verdict:
    """Why an event is parked: never with values from it, which may be personal."""

    reason: Reason
    error: str = ""
    place: str = ""


NOT_IN_LOG = Verdict("not in the publisher's log")


class UnknownParkedEventError(LookupError):
    """No parked event has that id."""

    def __init__(self, event_id: str) -> None:
        super().__init__(f"no parked event has the id {event_id}; list them with `cheqi parked list`")


def hold(session: Session, source: str, arrivals: Iterable[Arrival], now: datetime) -> None:
    """Let events above a hole wait until it is filled."""
    rows = [{"subject": one.envelope.subject, "sequence": one.sequence, "document": one.document} for one in arrivals]
    insert_new_rows(session, waiting, [{"source": source, "since": now, **row} for row in rows])


def list_waiting(session: Session, source: str, subjects: Iterable[str]) -> Sequence[Row[Any]]:
    """Return what waits of the subjects, in order."""
    return session.execute(WAITING(session), {"source": source, "subjects": list(set(subjects))}).all()


def list_all_waiting(session: Session) -> Sequence[Row[Any]]:
    """Return whatever waits above a hole."""
    return session.execute(select(waiting).order_by(waiting.c.source, waiting.c.subject, waiting.c.sequence)).all()


def forget_waiting(session: Session, source: str, subject: str, up_to: int) -> None:
    """Forget what waited at or below a mark."""
    session.execute(
        delete(waiting).where(waiting.c.source == source, waiting.c.subject == subject, waiting.c.sequence <= up_to)
    )


def park(session: Session, source: str, arrival: Arrival, verdict: Verdict, now: datetime) -> None:
    """Park an event; parked again, its attempts are counted."""
    envelope = arrival.envelope
    row = {"subject": envelope.subject, "sequence": arrival.sequence, "type": envelope.type}
    _park(session, {"source": source, "id": envelope.id, "document": arrival.document, **row}, verdict, now)


def park_unreadable(session: Session, source: str, one: Unreadable, now: datetime) -> None:
    """Park a document that is no event of its publisher; it holds up nobody."""
    row = {"source": source, "id": one.id, "document": one.document, "subject": "", "sequence": None, "type": ""}
    _park(session, row, Verdict(one.reason), now)


def unpark(session: Session, source: str, event_id: str) -> bool:
    """Forget a parked event; tell whether it was still there."""
    gone = delete(parked).where(parked.c.source == source, parked.c.id == event_id)
    return session.connection().execute(gone).rowcount > 0


def get_parked(session: Session, event_id: str) -> Row[Any]:
    """Return a parked event by its id; raises UnknownParkedEventError."""
    row = session.execute(select(parked).where(parked.c.id == event_id)).first()
    if row is None:
        raise UnknownParkedEventError(event_id)
    return row


def list_parked(session: Session) -> Sequence[Row[Any]]:
    """Return every parked event, the longest parked first."""
    return session.execute(select(parked).order_by(parked.c.first_at, parked.c.id)).all()


def list_parked_of(session: Session, source: str, subjects: Iterable[str]) -> Sequence[Row[Any, Any, Any, Any]]:
    """Return id, subject, sequence and document of what is parked of the subjects and holds them up."""
    return session.execute(NUMBERED(session), {"source": source, "subjects": list(set(subjects))}).all()


def parked_places(session: Session, source: str, subjects: Iterable[str]) -> set[tuple[str, int]]:
    """Return (subject, sequence) of what is parked of the subjects."""
    return {(row.subject, row.sequence) for row in list_parked_of(session, source, subjects)}


def set_aside(session: Session, source: str, ids: Iterable[str]) -> None:
    """Let parked events that their publisher never told hold up nobody; they stay for an operator to see."""
    strange = update(parked).where(parked.c.source == source, parked.c.id.in_(list(ids)))
    session.execute(strange.values(sequence=None, reason=NOT_IN_LOG.reason))


def correct(session: Session, source: str, told: Arrival) -> None:
    """Let what its publisher told stand where something else is parked under its id."""
    under = update(parked).where(parked.c.source == source, parked.c.id == told.envelope.id)
    session.execute(under.values(document=told.document, type=told.envelope.type))


def count_held(session: Session) -> tuple[int, datetime | None, int]:
    """Return how many events wait, since when the longest does, and how many are parked."""
    count, since = session.execute(select(func.count(), func.min(waiting.c.since))).one()
    return count, since, session.scalar(select(func.count()).select_from(parked)) or 0


def count_alike(session: Session, error: str, now: datetime) -> int:
    """Return how many subjects were parked with the same error within the last minute."""
    alike = select(func.count(func.distinct(parked.c.subject))).where(
        parked.c.error == error, parked.c.error != "", parked.c.last_at > now - ALIKE_WITHIN
    )
    return session.scalar(alike) or 0


def _park(session: Session, row: dict[str, Any], verdict: Verdict, now: datetime) -> None:
    before = session.execute(
        select(parked.c.first_at, parked.c.attempts).where(parked.c.source == row["source"], parked.c.id == row["id"])
    ).one_or_none()
    first_at, attempts = (now, 0) if before is None else (before.first_at, before.attempts)
    why = {"reason": verdict.reason, "error": verdict.error, "place": verdict.place}
    upsert(session, parked, [{**row, **why, "first_at": first_at, "last_at": now, "attempts": attempts + 1}])
