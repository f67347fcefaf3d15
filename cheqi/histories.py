"""Whether the events that took effect in one service are still those that stand in its publisher's log."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from shared.messaging.history import seals_of
from shared.messaging.tables import mark
from shared.node import Node
from shared.service import Finding

MARKS_AT_ONCE = 500
Mark = tuple[str, int, str]


def other_histories(nodes: Mapping[str, Node]) -> Iterator[tuple[str, Finding]]:
    """Yield (publisher, finding) for each event that a consumer has applied and its publisher's log no longer holds.

    The marks are read first. A log that was sealed anew after a change, or put back to an older copy, is found here.
    """
    for consumer in nodes.values():
        for name in sorted(consumer.hears):
            marks = _marks(consumer, name)
            for first in range(0, len(marks), MARKS_AT_ONCE):
                for finding in _compare(nodes[name], marks[first : first + MARKS_AT_ONCE], consumer.service.name):
                    yield name, finding


def _marks(consumer: Node, publisher: str) -> Sequence[Mark]:
    wanted = select(mark.c.subject, mark.c.sequence, mark.c.seal)
    reached = wanted.where(mark.c.source == publisher, mark.c.sequence > 0).order_by(mark.c.subject)
    with consumer.snapshot() as session:
        return [(row.subject, row.sequence, row.seal) for row in session.execute(reached)]


def _compare(publisher: Node, some: Sequence[Mark], consumer: str) -> Iterator[Finding]:
    with publisher.snapshot() as session:
        seals = seals_of(session, [(subject, sequence) for subject, sequence, _ in some])
    for subject, sequence, seal in some:
        if seals.get((subject, sequence)) != seal:
            detail = f"{consumer} has applied event {sequence} of {subject} under another seal than the log holds"
            yield Finding("history-differs", subject, detail)
