"""How far a consumer is behind its publishers, whatever the bus: their heads against its marks."""

from collections.abc import Sequence

from shared.db.store import Store
from shared.messaging import marks
from shared.messaging.source import Head, Source


def count_behind(store: Store, publisher: str, source: Source) -> int:
    """Return how many events of a publisher's log have not taken effect in a store yet, waiting and parked ones too."""
    behind = position = 0
    while heads := source.heads(position):
        behind += count_missing(store, publisher, heads)
        position = heads[-1].position
    return behind


def count_missing(store: Store, publisher: str, heads: Sequence[Head]) -> int:
    """Return how many events up to some of a publisher's heads have not taken effect in a store yet."""
    with store.read() as session:
        reached = marks.find_marks(session, publisher, [head.subject for head in heads])
    return sum(max(head.sequence - reached.get(head.subject, 0), 0) for head in heads)
