"""Refilling an empty broker from a log, what was archived included."""

from collections.abc import Callable

from sqlalchemy import select

from shared.db.store import Store
from shared.events.envelope import Envelope
from shared.messaging.bus import Bus, Record
from shared.messaging.relay import LEASE_NAME
from shared.messaging.source import LogReader
from shared.messaging.tables import relay_lease


def republish(store: Store, name: str, bus: Bus, after: int, reached: Callable[[int], None]) -> int:
    """Publish a service's events above a position once more, in the order of its log; return how many.

    What was not sent yet is left to the relay. `reached` is told the position after every acknowledged page: after a
    ConnectionError, or a kill, it is where to go on. Whoever has heard the events already drops them.
    """
    log, sent, published = LogReader(store), sent_up_to(store), 0
    while records := _records(log.after(after), sent):
        bus.publish(name, [record for _, record in records]).result()
        after, published = records[-1][0], published + len(records)
        reached(after)
    return published


def sent_up_to(store: Store) -> int:
    """Return the position up to which the relay has sent the log."""
    with store.read() as session:
        return session.scalar(select(relay_lease.c.sent).where(relay_lease.c.name == LEASE_NAME)) or 0


def _records(documents: list[str], up_to: int) -> list[tuple[int, Record]]:
    envelopes = ((Envelope.parse(document), document) for document in documents)
    placed = [(one.position or 0, Record(one.subject, document)) for one, document in envelopes]
    return [(position, record) for position, record in placed if position <= up_to]
