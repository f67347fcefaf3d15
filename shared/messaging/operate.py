"""What an operator does with a consumer's parked events and with types it has passed: redrive, discard, backfill."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.store import Store
from shared.events.envelope import DISTRICT
from shared.events.operations import ParkedEventDiscardedV1
from shared.keys.ring import KeyRing
from shared.messaging import marks, parking, passing
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import Run
from shared.messaging.cause import of_system
from shared.messaging.consumer import Consumer, Subscriber
from shared.messaging.fold import Plan
from shared.messaging.log import emit, transaction
from shared.messaging.marks import Mark
from shared.messaging.source import PAGE_MAX, Source
from shared.tracing import OFF, Tracer


class Told(Enum):
    """What its publisher's log says of a parked event: it told it, or something else under its id, or neither."""

    SO = "so"
    OTHERWISE = "otherwise"
    NEVER = "never"


class Operator:
    """Acts on one consumer for an operator."""

    def __init__(self, service: Subscriber, store: Store, keys: KeyRing, clock: Clock, tracer: Tracer = OFF) -> None:
        self._service, self._store, self._keys, self._clock = service, store, keys, clock
        self._consumer = Consumer(service, store, keys, clock, tracer)

    def compare(self, event_id: str, log: Source) -> Told:
        """Compare a parked event with its publisher's log; what has no place to stand in is taken as told.

        What was told under the id takes the place of what is parked under it, and is parked instead. One that was never
        told holds up nobody any more: what the log holds in its place is applied, or parked. Raises
        UnknownParkedEventError.
        """
        row = self._get(event_id)
        if row.sequence is None:
            return Told.NEVER if row.reason == parking.NOT_IN_LOG.reason else Told.SO
        come = [read(row.source, document) for document in log.of_subjects({row.subject: row.sequence - 1}, 1)]
        there = [one for one in come if isinstance(one, Arrival) and one.sequence == row.sequence]
        if row.document in [one.document for one in there]:
            return Told.SO
        for one in there:
            if one.envelope.id == event_id:
                with self._store.write() as session:
                    parking.correct(session, row.source, one)
                return Told.OTHERWISE
        with self._store.write() as session:
            parking.set_aside(session, row.source, [event_id])
        self._consumer.apply(Run(row.source, tuple(one.document for one in there)), Plan(from_log=True))
        return Told.NEVER

    def redrive(self, event_id: str, *, adopt: bool = False) -> bool:
        """Apply a parked event and what waits behind it; tell whether it took effect.

        One that was parked by a backfill takes effect behind what its subject has gone on to. `adopt` accepts an event
        whose history differs. Raises UnknownParkedEventError.
        """
        row = self._get(event_id)
        chosen = frozenset({event_id})
        plan = Plan(redriven=chosen, adopted=chosen if adopt else frozenset())
        one = read(row.source, row.document)
        if isinstance(one, Arrival) and self._is_passed(row.source, one):
            self._consumer.apply_passed(row.source, [one], 0, plan)
        else:
            self._consumer.apply(Run(row.source, (row.document,)), plan)
        with self._store.read() as session:
            return all(left.id != event_id for left in parking.list_parked(session))

    def discard(self, event_id: str) -> None:
        """Step over a parked event, tell so in the service's log, and apply what waited behind it.

        Raises UnknownParkedEventError, also where another operator was faster.
        """
        row = self._get(event_id)
        with transaction(self._store, self._service.name, self._keys, of_system(self._clock.now())) as session:
            _step_over(session, row)
            if not parking.unpark(session, row.source, event_id):
                raise parking.UnknownParkedEventError(event_id)
            told = {"event_id": event_id, "publisher": row.source, "parked_subject": row.subject, "reason": row.reason}
            emit(session, ParkedEventDiscardedV1(subdistrict=DISTRICT, **told))
            behind = [one.document for one in parking.list_waiting(session, row.source, [row.subject])]
        if behind:
            self._consumer.apply(Run(row.source, tuple(behind)))

    def missed_types(self) -> dict[str, dict[str, int]]:
        """Return, by publisher, the types that are handled now but were passed over, with their first position."""
        with self._store.read() as session:
            return passing.list_missed(session, self._consumer.vocabulary.types)

    def take_up_types(self) -> None:
        """Let no version of the service pass over what this one handles; raises BackfillNeededError where one did."""
        with self._store.write() as session:
            passing.refuse_missed(self._service.name, passing.take_up(session, self._consumer.vocabulary.types))

    def backfill(self, sources: Mapping[str, Source]) -> int:
        """Apply the passed events of types that are handled now; return how many. A kill in between loses nothing.

        One that fails is parked, and the rest applied. The types are taken up first: no version passes over any more.
        """
        with self._store.write() as session:
            missed = passing.take_up(session, self._consumer.vocabulary.types)
        return sum(self._backfill(sources[source], source, types) for source, types in missed.items())

    def waive(self) -> None:
        """Handle the missed types from now on only."""
        with self._store.write() as session:
            for source, types in passing.take_up(session, self._consumer.vocabulary.types).items():
                passing.forget(session, source, types)

    def _backfill(self, source: Source, name: str, types: Mapping[str, int]) -> int:
        position, applied = min(types.values()) - 1, 0
        while documents := source.after(position, PAGE_MAX):
            come = [one for one in (read(name, document) for document in documents) if isinstance(one, Arrival)]
            position = come[-1].position
            applied += self._consumer.apply_passed(name, [one for one in come if one.envelope.type in types], position)
        with self._store.write() as session:
            passing.forget(session, name, types)
        return applied

    def _is_passed(self, source: str, one: Arrival) -> bool:
        subject = one.envelope.subject
        with self._store.read() as session:
            return one.sequence <= marks.find_marks(session, source, [subject]).get(subject, 0)

    def _get(self, event_id: str) -> Row[Any]:
        with self._store.read() as session:
            return parking.get_parked(session, event_id)


def _step_over(session: Session, row: Row[Any]) -> None:
    """Move the mark over a parked event that is the next of its subject."""
    if row.sequence is None:
        return
    one = read(row.source, row.document)
    at = marks.lock_marks(session, row.source, [row.subject])[row.subject]
    if isinstance(one, Arrival) and one.sequence == at.sequence + 1:
        marks.write_marks(session, row.source, {row.subject: Mark(one.sequence, one.seal)})
