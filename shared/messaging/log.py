"""The event log: what a transaction tells is written in it, or neither happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.store import Store
from shared.db.upsert import insert_new
from shared.events.envelope import SCHEMA_ROOT, Envelope, Event
from shared.keys.ring import KeyRing
from shared.messaging.cause import Cause, get_cause, set_cause, set_keys
from shared.messaging.history import withdraw_archived
from shared.messaging.tables import event_log, tombstone
from shared.random import derived_id

DOCUMENT_MAX_BYTES = 256 * 1024
ROWS_AT_ONCE = 1000


class DocumentTooLargeError(ValueError):
    """An event's document is over 256 KiB."""


@contextmanager
def transaction(store: Store, service: str, keys: KeyRing, cause: Cause) -> Iterator[Session]:
    """Open a transaction whose events are its last inserts; nothing is kept when the block raises."""
    with store.write() as session:
        session.info["service"] = service
        session.info["told"] = []
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
    envelope = _envelope(session, event, _event_id(session, event, once, moment), moment)
    document = envelope.document()
    if len(document.encode()) > DOCUMENT_MAX_BYTES:
        message = f"{envelope.type} {envelope.id} is larger than {DOCUMENT_MAX_BYTES} bytes; split what it tells"
        raise DocumentTooLargeError(message)
    session.info["told"].append((envelope, event.internal, document))


def append(session: Session) -> None:
    """Write the collected events; called once, at the end of the transaction."""
    session.flush()
    rows = [
        {"id": told.id, "subject": told.subject, "type": told.type, "internal": internal, "document": document}
        for told, internal, document in session.info["told"]
    ]
    if rows:
        session.execute(insert_new(session, event_log), rows)
        withdraw_archived(session, [row["id"] for row in rows])
    session.info["told"].clear()


def is_erased(session: Session, rider_id: str) -> bool:
    """Tell whether the rider was erased: then nothing is opened and nothing stored about the rider."""
    return session.scalar(select(tombstone.c.rider_id).where(tombstone.c.rider_id == rider_id)) is not None


def _envelope(session: Session, event: Event, event_id: str, moment: datetime) -> Envelope:
    cause = get_cause(session)
    return Envelope(
        id=event_id,
        source=f"/{session.info['service']}",
        type=event.type_name(),
        subject=event.subject,
        time=moment,
        dataschema=f"{SCHEMA_ROOT}/{event.name}.v{event.version}",
        partitionkey=event.subject,
        subdistrict=event.subdistrict,
        actor=cause.actor,
        correlationid=cause.correlation_id,
        causationid=cause.causation_id,
        traceparent=cause.traceparent,
        data=event.model_dump(mode="json"),
    )


def _event_id(session: Session, event: Event, once: str | None, moment: datetime) -> str:
    what = (event.type_name(), event.subject)
    if once is not None:
        return derived_id(moment, *what, once)
    cause = get_cause(session)
    told = (earlier for earlier, _, _ in session.info["told"] if earlier.causationid == cause.causation_id)
    nth = sum((earlier.type, earlier.subject) == what for earlier in told)
    return cause.new_id("/".join(("event", *what, str(nth))))
