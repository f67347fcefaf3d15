"""Whether what stands in one service because of another's events agrees with those events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.audit import Telling
from shared.events.envelope import Envelope, Event
from shared.events.training import AttendanceConfirmedV1
from shared.messaging import marks
from shared.messaging.log import every_erased
from shared.messaging.source import Source
from shared.node import Node
from shared.service import Finding
from shared.told import Record

AWARD = "attendance-award"


@dataclass(frozen=True)
class Heard:
    """One publisher's log up to what took effect in a consumer, as a snapshot of the consumer shows it."""

    log: Source
    publisher: str
    session: Session
    erased: frozenset[str]

    def events(self, classes: set[type[Event]]) -> Iterator[tuple[Envelope, Event]]:
        """Yield the events of some classes that took effect, in the order of the log, a page in memory at a time."""
        by_type = {event_class.type_name(): event_class for event_class in classes}
        position = 0
        while documents := self.log.after(position):
            envelopes = [Envelope.parse(document) for document in documents]
            position = envelopes[-1].position or 0
            wanted = [envelope for envelope in envelopes if envelope.type in by_type]
            reached = marks.find_marks(self.session, self.publisher, {envelope.subject for envelope in wanted})
            for envelope in wanted:
                if (envelope.sequence or 0) <= reached.get(envelope.subject, 0):
                    yield envelope, by_type[envelope.type].model_validate(envelope.data)


def disagreements(nodes: Mapping[str, Node]) -> Iterator[tuple[str, Finding]]:
    """Yield (consumer, finding) for what stands in a consumer and is not what it heard.

    Each consumer is looked at on one snapshot, taken before the publisher's log is read, and events above its marks do
    not count: what took effect by then is all in that log. So a busy system raises no false alarm.
    """
    for name, node in nodes.items():
        for publisher, records in node.service.audit.heard.items():
            with node.snapshot() as session:
                for finding in differences_from_heard(nodes[publisher], session, records):
                    yield name, finding
    with nodes["rewards"].snapshot() as session:
        effects = nodes["rewards"].service.audit.effects(session)
        standing = {effect.key for effect in effects if effect.kind == AWARD}
        for finding in _awards(_heard(nodes["training"], session), standing):
            yield "rewards", finding


def differences_from_heard(publisher: Node, session: Session, records: Sequence[Record]) -> Iterator[Finding]:
    """Compare tables on a consumer's snapshot with what it has heard of a publisher."""
    heard, telling = _heard(publisher, session), Telling(records)
    for envelope, event in heard.events(telling.classes):
        telling.take(envelope, event)
    yield from telling.differences(session)


def _heard(publisher: Node, session: Session) -> Heard:
    """Return what a consumer heard of a publisher; reading who is erased takes the snapshot before the log is read."""
    erased = frozenset(every_erased(session))
    return Heard(publisher.log, publisher.service.name, session, erased)


def _awards(heard: Heard, standing: set[str]) -> Iterator[Finding]:
    """Find attendance without its award, and awards without attendance."""
    causes = dict[str, str]()
    for _, event in heard.events({AttendanceConfirmedV1}):
        if isinstance(event, AttendanceConfirmedV1):
            causes[f"{event.class_id}/{event.rider_id}"] = event.rider_id
    for key, rider_id in causes.items():
        if key not in standing and rider_id not in heard.erased:
            yield Finding("effect-missing", key, f"{heard.publisher} told it, and {AWARD} {key} does not stand")
    for key in sorted(standing - causes.keys()):
        yield Finding("effect-without-cause", key, f"{AWARD} {key} stands, and {heard.publisher} told nothing of it")
