"""A witness in each consumer's transaction: what took effect and what was dropped, in order, as the store keeps it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, MetaData, Table, Text, func, insert, select
from sqlalchemy.orm import Session

from cheqi.house import House
from shared.db.types import Serial
from shared.messaging.arrivals import Arrival
from shared.messaging.consumer import Consumer
from shared.messaging.fold import Fold
from shared.messaging.source import LogReader
from shared.node import Node

METADATA = MetaData()
witness = Table(
    "witness",
    METADATA,
    Column("ordinal", Serial, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sequence", Serial, nullable=False),
    Column("applied", Boolean, nullable=False),
)
Place = tuple[str, str]


def call_witness() -> None:
    """Let every consumer of this process write down what it applies and what it drops."""
    folded = Consumer._fold

    def fold_and_note(
        consumer: Consumer, session: Session, source: str, arrivals: Sequence[Arrival], plan: Any
    ) -> Fold:
        fold = folded(consumer, session, source, arrivals, plan)
        rows = [_row(source, one, applied=True) for one in fold.ready]
        rows += [_row(source, one, applied=False) for one in _dropped(fold, arrivals)]
        if rows:
            session.execute(insert(witness), rows)
        return fold

    pytest.MonkeyPatch().setattr(Consumer, "_fold", fold_and_note)


def count_dropped(house: House, after: int = 0) -> int:
    """Return how many events were delivered again to services, after so many that were."""
    return sum(_count_dropped(node) for node in house.nodes.values()) - after


def untrue_orders(house: House) -> Iterator[str]:
    """Yield every subject whose events did not take effect in a service once each, in their order, all of them."""
    for name, node in house.nodes.items():
        applied = _applied(node)
        for publisher in sorted(node.hears):
            for subject, last in _heads(house.nodes[publisher].log):
                sequences = applied.get((publisher, subject), [])
                if sequences != list(range(1, last + 1)):
                    yield f"{name} applied of {publisher} {subject}: {sequences[:20]}, told were {last}"


def _row(source: str, one: Arrival, *, applied: bool) -> dict[str, Any]:
    return {"source": source, "subject": one.envelope.subject, "sequence": one.sequence, "applied": applied}


def _dropped(fold: Fold, arrivals: Sequence[Arrival]) -> list[Arrival]:
    taken = {id(one) for one in (*fold.ready, *fold.early, *(one for one, _ in fold.refused))}
    return [one for one in arrivals if id(one) not in taken]


def _count_dropped(node: Node) -> int:
    with node.snapshot() as session:
        return session.scalar(select(func.count()).select_from(witness).where(witness.c.applied.is_(False))) or 0


def _applied(node: Node) -> dict[Place, list[int]]:
    found: dict[Place, list[int]] = defaultdict(list)
    with node.snapshot() as session:
        for row in session.execute(select(witness).where(witness.c.applied).order_by(witness.c.ordinal)):
            found[row.source, row.subject].append(row.sequence)
    return found


def _heads(log: LogReader) -> Iterator[tuple[str, int]]:
    position = 0
    while heads := log.heads(position):
        position = heads[-1].position
        yield from ((one.subject, one.sequence) for one in heads)
