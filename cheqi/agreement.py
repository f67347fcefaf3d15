"""Whether what stands in one service because of another's events agrees with those events."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, Event
from shared.events.governance import HazardRejectedV1, HazardVerifiedV1
from shared.events.training import AttendanceConfirmedV1
from shared.messaging import marks
from shared.messaging.source import Source
from shared.messaging.tables import tombstone
from shared.node import Node
from shared.service import Finding


@dataclass(frozen=True)
class Expected:
    """The effect that an event must have had: its key, its value where that follows from the event, whose it is."""

    key: str
    value: str | None
    rider_id: str


@dataclass(frozen=True)
class Link:
    """A kind of effect in a consumer, the class of events that cause it, and what each of them must have come to."""

    kind: str
    consumer: str
    cause: type[Event]
    expect: Callable[[Any], Expected]

    @property
    def publisher(self) -> str:
        """The service whose events they are."""
        return self.cause.source


@dataclass(frozen=True)
class _Cause:
    """An event that must have had an effect, and its place in its subject."""

    expected: Expected
    subject: str
    sequence: int


def _verified(event: HazardVerifiedV1) -> Expected:
    return Expected(event.hazard_id, event.severity, event.rider_id)


def _rejected(event: HazardRejectedV1) -> Expected:
    return Expected(event.hazard_id, event.reason, event.rider_id)


def _attended(event: AttendanceConfirmedV1) -> Expected:
    return Expected(f"{event.class_id}/{event.rider_id}", None, event.rider_id)


LINKS = (
    Link("verified-claim", "rewards", HazardVerifiedV1, _verified),
    Link("rejected-claim", "rewards", HazardRejectedV1, _rejected),
    Link("attendance-award", "rewards", AttendanceConfirmedV1, _attended),
)


def disagreements(nodes: Mapping[str, Node]) -> Iterator[tuple[str, Finding]]:
    """Yield (consumer, finding) for each effect that is missing, differs, or has no cause.

    For a missing effect the causes are read first, and only those below the consumer's marks count; for an effect
    without cause the effects are read first. So a busy system raises no false alarm.
    """
    for link in LINKS:
        consumer, log = nodes[link.consumer], nodes[link.publisher].log
        for finding in (*_missing(link, consumer, log), *_without_cause(link, consumer, log)):
            yield link.consumer, finding


def _missing(link: Link, consumer: Node, log: Source) -> Iterator[Finding]:
    causes = _causes(link, log)
    with consumer.snapshot() as session:
        reached = marks.find_marks(session, link.publisher, {cause.subject for cause in causes.values()})
        erased = set(session.scalars(select(tombstone.c.rider_id)))
        standing = _standing_in(link, consumer, session)
    for key, cause in causes.items():
        if cause.sequence > reached.get(cause.subject, 0):
            continue
        if key not in standing and cause.expected.rider_id not in erased:
            yield Finding("effect-missing", key, f"{link.publisher} told it, and {link.kind} {key} does not stand")
        if key in standing and cause.expected.value not in (None, standing[key]):
            detail = f"{link.kind} {key} is {standing[key]}, {link.publisher} told {cause.expected.value}"
            yield Finding("effect-differs", key, detail)


def _without_cause(link: Link, consumer: Node, log: Source) -> Iterator[Finding]:
    with consumer.snapshot() as session:
        standing = _standing_in(link, consumer, session)
    causes = _causes(link, log)
    for key in sorted(standing.keys() - causes.keys()):
        yield Finding("effect-without-cause", key, f"{link.kind} {key} stands, and {link.publisher} told nothing of it")


def _standing_in(link: Link, consumer: Node, session: Session) -> dict[str, str]:
    effects = consumer.service.audit.effects(session)
    return {effect.key: effect.value for effect in effects if effect.kind == link.kind}


def _causes(link: Link, log: Source) -> dict[str, _Cause]:
    """Return what must have come of the publisher's events."""
    found: dict[str, _Cause] = {}
    position = 0
    while documents := log.after(position):
        for document in documents:
            envelope = Envelope.parse(document)
            position = envelope.position or 0
            if envelope.type == link.cause.type_name():
                expected = link.expect(link.cause.model_validate(envelope.data))
                found[expected.key] = _Cause(expected, envelope.subject, envelope.sequence or 0)
    return found
