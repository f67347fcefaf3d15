"""What an audit says of events on their way: those that stay where they are, not those that come and go meanwhile."""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from shared.messaging import parking
from shared.messaging.relay import count_unsent_up_to, is_relaying
from shared.messaging.tables import event_log
from shared.node import Node
from shared.service import Finding

LOOK_EVERY_S = 0.1
Place = tuple[str, str, int]


@dataclass(frozen=True)
class UnderWay:
    """What was on its way in a service at one moment: its log up to its last event, and what waited above a hole."""

    last: int
    waiting: frozenset[Place]


def under_way(node: Node) -> UnderWay:
    """Look at what is on its way in a service now."""
    with node.snapshot() as session:
        last = session.scalar(select(func.max(event_log.c.ordinal))) or 0
        waiting = frozenset((row.source, row.subject, row.sequence) for row in parking.list_all_waiting(session))
    return UnderWay(last, waiting)


def late(nodes: Mapping[str, Node], before: Mapping[str, UnderWay], patience_s: float) -> Iterator[tuple[str, Finding]]:
    """Yield (service, finding) for what was on its way before and still is; where a relay works it is given time."""
    deadline = time.monotonic() + patience_s
    while any(_still_open(nodes[name], one) for name, one in before.items()) and time.monotonic() < deadline:
        threading.Event().wait(LOOK_EVERY_S)
    for name, one in before.items():
        for finding in _late(nodes[name], one):
            yield name, finding


def _still_open(node: Node, before: UnderWay) -> bool:
    with node.snapshot() as session:
        return is_relaying(session, node.clock.now()) and any(_late(node, before))


def _late(node: Node, before: UnderWay) -> Iterator[Finding]:
    with node.snapshot() as session:
        unsent = count_unsent_up_to(session, before.last)
    if unsent:
        detail = f"{unsent} events are not sent yet; the relay of a running service sends them, start `cheqi up`"
        yield Finding("unsent", node.service.name, detail)
    for source, subject, sequence in sorted(before.waiting & under_way(node).waiting):
        yield Finding("waiting", subject, f"event {sequence} of {source} waits for the one before it")
