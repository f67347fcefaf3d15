"""How far a consumer is behind its publishers, whatever the bus: their heads against its marks."""

from shared.db.store import Store
from shared.messaging import marks
from shared.messaging.source import Source


def count_behind(store: Store, publisher: str, source: Source) -> int:
    """Return how many events of a publisher's log have not taken effect in a store yet, waiting and parked ones too."""
    behind = position = 0
    while heads := source.heads(position):
        with store.read() as session:
            reached = marks.find_marks(session, publisher, [head.subject for head in heads])
        behind += sum(max(head.sequence - reached.get(head.subject, 0), 0) for head in heads)
        position = heads[-1].position
    return behind
