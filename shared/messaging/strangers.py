"""What stands on the bus as an event of this service although its log does not hold it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.messaging.arrivals import Arrival, read
from shared.messaging.history import seals_of
from shared.messaging.tables import event_log, head, relay_lease

GUIDE = "see docs/operations.md, A log that does not fit its topic"


def find_stranger(session: Session, source: str, tail: Iterable[str]) -> str | None:
    """Return what is to be said of the first event that the log does not hold, None where it holds all.

    Behind the log's end it may be the service's own, told before the store was put back; before it, it is another's.
    """
    come = (one for one in (read(source, document) for document in tail) if isinstance(one, Arrival))
    strange = next((one for one in come if not _holds(session, one)), None)
    if strange is None:
        return None
    end = session.scalar(select(relay_lease.c.position)) or 0
    held = f"the bus holds {strange.envelope.id} of {source} at position {strange.position}"
    other = "somebody else wrote to the topic, or two copies of the store were at work"
    if strange.position <= end:
        return f"{held}, and its log holds another event: {other}; {GUIDE}"
    return (
        f"{held}, and its log ends at {end}. Where the store is an older copy, stop what runs on it, run "
        f"`cheqi read-back --service {source}`, then start again. Where it is none, {other}: {GUIDE}"
    )


def _holds(session: Session, one: Arrival) -> bool:
    """Tell whether the log or its archive holds an event; the head of its subject speaks for one that is the last."""
    place = (one.envelope.subject, one.sequence)
    at = select(event_log.c.seal).where(event_log.c.id == one.envelope.id, event_log.c.position == one.position)
    last = select(head.c.seal).where(head.c.subject == place[0], head.c.sequence == place[1])
    known = one.seal in {session.scalar(at), session.scalar(last)}
    return known or seals_of(session, [place]).get(place) == one.seal
