"""The event log: what a transaction tells is written in it, or neither happens."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared.db.sets import insert_new_rows, kept
from shared.db.store import Store
from shared.events.envelope import Event, document_of
from shared.keys.ring import KeyRing
from shared.messaging.cause import Cause, get_cause, set_cause, set_keys
from shared.messaging.history import withdraw_archived
from shared.messaging.tables import event_log, tombstone
from shared.messaging.turns import take_turn
from shared.random import derived_id

DOCUMENT_MAX_BYTES = 256 * 1024
ROWS_AT_ONCE = 1000
ERASED = select(tombstone.c.rider_id).where(tombstone.c.rider_id == bindparam("rider_id"))
ALL_ERASED = kept(lambda one_of: select(tombstone.c.rider_id).where(one_of(tombstone.c.rider_id, "rider_ids")))


class DocumentTooLargeError(ValueError):
    """An event's document is over 256 KiB."""


@contextmanager
def transaction(store: Store, service: str, keys: KeyRing, cause: Cause, *, alone: bool = False) -> Iterator[Session]:
    """Open a transaction whose events are its last inserts; nothing is kept when the block raises.

    `alone`, as whoever erases a rider must be, it waits for the service's other transactions, and they for it.
    """
    with store.write() as session:
        take_turn(session, alone=alone)
        session.info["service"] = service
        session.info["told"], session.info["times_told"] = [], Counter()
        set_keys(session, keys)
        set_cause(session, cause)
        yield session
        append(session)


def emit(session: Session, event: Event, *, once: str | None = None, at: datetime | None = None) -> None:
    """Tell an event when the transaction commits; an id that the log holds already is not told again.

    `once` names what the event is about when several causes may lead to it: it is told for the first of them only.
    `at` is when it happened, where that is not the cause's time; those several causes must agree on it.
    Raises DocumentTooLargeError over 256 KiB.
    """
    moment = at or get_cause(session).time
    event_id = _event_id(session, event, once, moment)
    document = _document(session, event, event_id, moment)
    if len(document.encode()) > DOCUMENT_MAX_BYTES:
        message = f"{event.type_name()} {event_id} is larger than {DOCUMENT_MAX_BYTES} bytes; split what it tells"
        raise DocumentTooLargeError(message)
    row = {"id": event_id, "subject": event.subject, "type": event.type_name(), "internal": event.internal}
    session.info["told"].append({**row, "document": document})


def append(session: Session) -> None:
    """Write the collected events; called once, at the end of the transaction."""
    session.flush()
    told = session.info["told"]
    insert_new_rows(session, event_log, told)
    if told:
        withdraw_archived(session, [row["id"] for row in told])
    told.clear()


def is_erased(session: Session, rider_id: str) -> bool:
    """Tell whether the rider was erased: then nothing is opened and nothing stored about the rider."""
    return session.scalar(ERASED, {"rider_id": rider_id}) is not None


def list_erased(session: Session, rider_ids: Collection[str]) -> Sequence[str]:
    """Return those of the riders who were erased."""
    return session.scalars(ALL_ERASED(session), {"rider_ids": list(rider_ids)}).all()


def every_erased(session: Session) -> set[str]:
    """Return every rider who was erased here."""
    return set(session.scalars(select(tombstone.c.rider_id)))


def _document(session: Session, event: Event, event_id: str, moment: datetime) -> str:
    cause = get_cause(session)
    return document_of(
        event,
        id=event_id,
        source=session.info["service"],
        time=moment,
        actor=cause.actor,
        correlationid=cause.correlation_id,
        causationid=cause.causation_id,
        traceparent=cause.traceparent,
    )


def _event_id(session: Session, event: Event, once: str | None, moment: datetime) -> str:
    """Return the event's id; of several that the cause tells alike, each gets one of its own."""
    cause, what = get_cause(session), (event.type_name(), event.subject)
    times_told: Counter[tuple[str | None, str, str]] = session.info["times_told"]
    alike = (cause.causation_id, *what)
    nth, times_told[alike] = times_told[alike], times_told[alike] + 1
    if once is not None:
        return derived_id(moment, *what, once)
    return cause.new_id("/".join(("event", *what, str(nth))))
