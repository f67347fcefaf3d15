"""`cheqi audit`: one check per service on one snapshot of its own store, then a comparison between services."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cheqi.agreement import disagreements
from cheqi.histories import other_histories
from cheqi.house import House
from shared.messaging import integrity, parking
from shared.messaging.relay import count_unsent, has_relayed
from shared.messaging.timers import list_parked_timers
from shared.node import Node
from shared.service import Finding


@dataclass(frozen=True)
class Disagreement:
    """Something that does not agree, and the service that it was found in."""

    service: str
    code: str
    subject: str
    detail: str


def audit_house(house: House) -> list[Disagreement]:
    """Return whatever does not agree, within each service and between them; nothing where all agrees."""
    return [
        Disagreement(name, one.code, one.subject, one.detail)
        for name, findings in _all_findings(house)
        for one in findings
    ]


def _all_findings(house: House) -> Iterator[tuple[str, Iterable[Finding]]]:
    for name, node in house.nodes.items():
        yield name, _within(node)
    for name, finding in chain(disagreements(house.nodes), other_histories(house.nodes)):
        yield name, [finding]


def _within(node: Node) -> Iterator[Finding]:
    """Check one service on one snapshot: its log, what is unsent, waiting or parked, and its own tables.

    Where no relay ever ran nothing is late: commands may come before the first start.
    """
    with node.snapshot() as session:
        for one in integrity.breaks(session):
            yield Finding(one.code, one.subject, one.detail)
        unsent = count_unsent(session)
        if unsent and has_relayed(session):
            detail = f"{unsent} events are not sent yet; the relay of a running service sends them, start `cheqi up`"
            yield Finding("unsent", node.service.name, detail)
        for row in parking.list_all_waiting(session):
            yield Finding("waiting", row.subject, f"event {row.sequence} of {row.source} waits for the one before it")
        for row in parking.list_parked(session):
            yield Finding("parked", row.id, f"{row.type} of {row.source} is parked: {row.reason} {row.error}".strip())
        for row in list_parked_timers(session):
            yield Finding("parked", row.id, f"timer {row.purpose} is parked: {row.error}")
        yield from node.service.audit.check(session)
