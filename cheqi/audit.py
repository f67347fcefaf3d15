"""`cheqi audit`: one check per service on one snapshot of its own store, then a comparison between services."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from cheqi.agreement import disagreements
from cheqi.histories import other_histories
from cheqi.house import House
from cheqi.lateness import late, under_way
from shared.messaging import integrity, parking
from shared.messaging.log import every_erased
from shared.messaging.relay import has_relayed
from shared.messaging.timers import list_parked_timers
from shared.node import Node
from shared.service import Finding

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Disagreement:
    """Something that does not agree, and the service that it was found in."""

    service: str
    code: str
    subject: str
    detail: str


def audit_house(house: House, patience_s: float = PATIENCE_S) -> list[Disagreement]:
    """Return whatever does not agree, within each service and between them; nothing where all agrees.

    On a busy system, what is on its way when the audit begins is given some seconds to arrive.
    """
    return [Disagreement(name, one.code, one.subject, one.detail) for name, one in _all_findings(house, patience_s)]


def _all_findings(house: House, patience_s: float) -> Iterator[tuple[str, Finding]]:
    nodes = house.nodes
    before = {name: under_way(node) for name, node in nodes.items() if _has_started(node)}
    for name, node in nodes.items():
        for finding in _within(node):
            yield name, finding
        for finding in _keys_that_remain(house, node):
            yield name, finding
    yield from disagreements(nodes)
    yield from other_histories(nodes)
    yield from late(nodes, before, patience_s)


def _keys_that_remain(house: House, node: Node) -> Iterator[Finding]:
    """Find the erased riders whose key stands in the service's box: it is destroyed before a tombstone is seen."""
    with node.snapshot() as session:
        buried = every_erased(session)
    with closing(house.assembly.stores.key_box(node.service.name)) as box:
        living = {rider_id for rider_id, wrapped in box.list_all().items() if wrapped is not None}
    for rider_id in sorted(buried & living):
        yield Finding("erased-key-remains", rider_id, "the key of an erased rider stands in the box of keys")


def _has_started(node: Node) -> bool:
    """Tell whether a relay ever ran: before the first start of a service, nothing that it told is late."""
    with node.snapshot() as session:
        return has_relayed(session)


def _within(node: Node) -> Iterator[Finding]:
    """Check one service on one snapshot: its log, what is parked, and its own tables."""
    with node.snapshot() as session:
        for one in integrity.breaks(session):
            yield Finding(one.code, one.subject, one.detail)
        for row in parking.list_parked(session):
            yield Finding("parked", row.id, f"{row.type} of {row.source} is parked: {row.reason} {row.error}".strip())
        for row in list_parked_timers(session):
            yield Finding("parked", row.id, f"timer {row.purpose} is parked: {row.error}")
        yield from node.service.audit.check(session)
