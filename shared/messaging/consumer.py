"""The consumer: every event of other services takes effect here once, in its subject's order, or is held or parked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.store import Store
from shared.db.upsert import insert_new
from shared.events.envelope import Event
from shared.events.registration import RiderErasedV1
from shared.keys.ring import KeyRing
from shared.messaging import cause, marks, parking
from shared.messaging.arrivals import Arrival, Unreadable, Vocabulary, read
from shared.messaging.bus import Run
from shared.messaging.erasing import Eraser, erase_rider
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.fold import Fold, Plan
from shared.messaging.handlers import Handlers
from shared.messaging.log import transaction
from shared.messaging.parking import Verdict
from shared.messaging.tables import passed_type


class Subscriber(Eraser, Protocol):
    """What a consumer needs to know of its service."""

    @property
    def handlers(self) -> Handlers:
        """What it does about which events."""
        ...

    @property
    def lock(self) -> Callable[[Session, Sequence[str]], None] | None:
        """How it locks the aggregates that its handlers name, if it has any to lock."""
        ...


ALL_SINCE = select(passed_type.c.type, passed_type.c.first_position)


class ConsumerStoppedError(RuntimeError):
    """The fault is in the service, not in an event: nothing is applied until an operator has looked."""


class EventFailedError(Exception):
    """A handler raised for this event; the cause is chained."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__(f"event {arrival.envelope.id} failed")
        self.arrival = arrival


class Consumer:
    """Applies runs of events to one service's store; worker, sweep and redrive all go this one way."""

    def __init__(self, service: Subscriber, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._service, self._store, self._keys, self._clock = service, store, keys, clock
        self.vocabulary = Vocabulary(service.handlers)
        self._handling = {event.type_name(): handling for event, handling in service.handlers.items()}

    def apply(self, run: Run, plan: Plan | None = None) -> int | None:
        """Apply a run in one transaction; return the offset to go back to when records before it are missing.

        An event that fails is parked and the rest applied. Raises what is transient for the caller to try again, and
        ConsumerStoppedError when the fault is not the event's.
        """
        plan = plan or Plan()
        while True:
            try:
                return self._apply_once(run, plan)
            except EventFailedError as failed:
                plan = self._without(plan, failed)

    def apply_passed(self, source: str, arrivals: Sequence[Arrival], up_to: int) -> int:
        """Apply events that the marks have passed over, as far as no earlier call has; return how many.

        `up_to` is the position that the call reaches. Raises EventFailedError, with nothing applied.
        """
        with self._transaction() as session:
            reached = marks.lock_marks(session, source, {one.envelope.subject for one in arrivals})
            rows = session.execute(ALL_SINCE.where(passed_type.c.source == source))
            since = {row.type: row.first_position for row in rows}
            passed = [
                one
                for one in arrivals
                if one.sequence <= reached[one.envelope.subject].sequence and one.position >= since[one.envelope.type]
            ]
            self._perform(session, passed)
            types = {one.envelope.type for one in arrivals}
            behind = update(passed_type).where(passed_type.c.source == source, passed_type.c.type.in_(types))
            session.execute(behind.where(passed_type.c.first_position <= up_to).values(first_position=up_to + 1))
        return len(passed)

    def _without(self, plan: Plan, failed: EventFailedError) -> Plan:
        """Plan the next try, in which the failed event alone is parked."""
        error = failed.__cause__ or failed
        if kind_of(error) is Failure.TRANSIENT:
            raise error
        if kind_of(error) is Failure.OURS:
            message = f"{type(error).__name__} at {place_of(error)}"
            raise ConsumerStoppedError(message) from error
        verdict = Verdict("failed", type(error).__name__, place_of(error))
        return replace(plan, condemned={**plan.condemned, failed.arrival.envelope.id: verdict})

    def _apply_once(self, run: Run, plan: Plan) -> int | None:
        come = [read(run.source, document) for document in run.documents]
        arrivals = [one for one in come if isinstance(one, Arrival)]
        with self._transaction() as session:
            if run.partition is not None:
                expected = marks.next_offset(session, run.source, run.partition)
                if run.first > expected:
                    return expected
                if run.end > expected or run.anew:
                    marks.write_checkpoint(session, run.source, run.partition, run.end)
            for one in come:
                if isinstance(one, Unreadable):
                    parking.park_unreadable(session, run.source, one, self._clock.now())
            fold = self._fold(session, run.source, arrivals, plan)
            self._erase_early(session, fold, arrivals)
            self._write(session, run.source, fold)
            self._perform(session, fold.ready)
        return None

    def _fold(self, session: Session, source: str, arrivals: Sequence[Arrival], plan: Plan) -> Fold:
        subjects = {one.envelope.subject for one in arrivals}
        locked = marks.lock_marks(session, source, subjects)
        waits = [read(source, row.document) for row in parking.list_waiting(session, source, subjects)]
        held = {(one.envelope.subject, one.sequence): one for one in waits if isinstance(one, Arrival)}
        places = parking.parked_places(session, source, subjects)
        again = {(one.envelope.subject, one.sequence) for one in arrivals if one.envelope.id in plan.redriven}
        types = {one.envelope.type for one in (*arrivals, *held.values())}
        unknown = frozenset(name for name in types if self.vocabulary.is_unknown_version(name))
        fold = Fold(locked, held, places - again, plan)
        fold.take(arrivals, unknown)
        return fold

    def _write(self, session: Session, source: str, fold: Fold) -> None:
        """Keep where each subject stands now: marks, what waits, what is parked, which types were passed."""
        now = self._clock.now()
        marks.write_marks(session, source, fold.moved)
        parking.hold(session, source, fold.early, now)
        for one, verdict in fold.refused:
            parking.park(session, source, one, verdict, now)
            parking.forget_waiting(session, source, one.envelope.subject, one.sequence)
            self._stop_at_many_alike(session, verdict)
        for subject in fold.moved.keys() & {subject for subject, _ in fold.held}:
            parking.forget_waiting(session, source, subject, fold.moved[subject].sequence)
        for one in fold.ready:
            if one.envelope.id in fold.plan.redriven:
                parking.unpark(session, source, one.envelope.id)
        passed = [one for one in fold.ready if one.envelope.type not in self.vocabulary.types]
        if passed:
            rows = [{"source": source, "type": one.envelope.type, "first_position": one.position} for one in passed]
            session.execute(insert_new(session, passed_type), rows)

    def _stop_at_many_alike(self, session: Session, verdict: Verdict) -> None:
        if parking.count_alike(session, verdict.error, self._clock.now()) > parking.ALIKE_MAX:
            message = f"more than {parking.ALIKE_MAX} subjects failed alike: {verdict.error} at {verdict.place}"
            raise ConsumerStoppedError(message)

    def _perform(self, session: Session, ready: Sequence[Arrival]) -> None:
        """Run the handlers over what takes effect, after every aggregate that they name is locked."""
        pairs = [(one, self._event(one)) for one in ready if self.vocabulary.class_of(one.envelope.type)]
        self._lock(session, pairs)
        for one, event in pairs:
            with _blamed(one):
                cause.set_cause(session, cause.of_event(one.envelope))
                if isinstance(event, RiderErasedV1):
                    erase_rider(session, event, self._service)
                else:
                    self._handling[one.envelope.type].apply(session, event)
                session.flush()

    def _event(self, one: Arrival) -> Event:
        event_class = self.vocabulary.class_of(one.envelope.type) or Event
        with _blamed(one):
            return event_class.model_validate(one.envelope.data)

    def _lock(self, session: Session, pairs: Sequence[tuple[Arrival, Event]]) -> None:
        if self._service.lock is None:
            return
        handlings = ((self._handling.get(one.envelope.type), event) for one, event in pairs)
        aggregates = {handling.key(event) for handling, event in handlings if handling and handling.key}
        self._service.lock(session, sorted(aggregates))

    def _erase_early(self, session: Session, fold: Fold, arrivals: Sequence[Arrival]) -> None:
        """Erase when told, whatever of the subject waits or is parked; it is done once more in its place."""
        erased = RiderErasedV1.type_name()
        for one in arrivals:
            above_mark = one.sequence > fold.marks[one.envelope.subject].sequence
            if one.envelope.type == erased and above_mark and one.envelope.id not in fold.plan.condemned:
                with _blamed(one):
                    event = RiderErasedV1.model_validate(one.envelope.data)
                    cause.set_cause(session, cause.of_event(one.envelope))
                    erase_rider(session, event, self._service)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        why = cause.of_system(self._clock.now())
        with transaction(self._store, self._service.name, self._keys, why) as session:
            yield session


@contextmanager
def _blamed(arrival: Arrival) -> Iterator[None]:
    """Let an exception say which event it arose for."""
    try:
        yield
    except Exception as error:
        raise EventFailedError(arrival) from error
