"""The consumer: every event of other services takes effect here once, in its subject's order, or is held or parked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.sets import insert_new_rows
from shared.db.store import Store
from shared.events.registration import RiderErasedV1
from shared.keys.ring import KeyRing
from shared.messaging import cause, marks, parking
from shared.messaging.arrivals import Arrival, Unreadable, read
from shared.messaging.bus import Run
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.fold import Fold, Plan
from shared.messaging.log import transaction
from shared.messaging.parking import Verdict
from shared.messaging.performing import EventFailedError, Performer, SetFailedError, Subscriber
from shared.messaging.tables import passed_type
from shared.messaging.trail import Trail
from shared.tracing import OFF, Tracer

__all__ = ["Consumer", "ConsumerStoppedError", "EventFailedError", "Subscriber"]

ERASED = RiderErasedV1.type_name()
ALL_SINCE = select(passed_type.c.type, passed_type.c.first_position)


class ConsumerStoppedError(RuntimeError):
    """The fault is in the service, not in an event: nothing is applied until an operator has looked."""


class Consumer:
    """Applies runs of events to one service's store; worker, sweep and redrive all go this one way."""

    def __init__(self, service: Subscriber, store: Store, keys: KeyRing, clock: Clock, tracer: Tracer = OFF) -> None:
        self._service, self._store, self._keys, self._clock = service, store, keys, clock
        self._trail = Trail(service.name, tracer)
        self._performer = Performer(service, self._trail)
        self.vocabulary = self._performer.vocabulary

    def apply(self, run: Run, plan: Plan | None = None) -> int | None:
        """Apply a run as `apply_all` does; return the offset to go back to when records before it are missing."""
        return self.apply_all([run], plan).get(run.partition)

    def apply_all(self, runs: Sequence[Run], plan: Plan | None = None) -> dict[int | None, int]:
        """Apply runs of one publisher in one transaction; return to which offset to go back in which partition.

        A run before which records are missing is left out, and the others are applied. An event that fails is parked
        and the rest applied. Raises what is transient for the caller to try again, and ConsumerStoppedError when the
        fault is not the event's.
        """
        plan = plan or Plan()
        while True:
            try:
                return self._apply_once(runs, plan)
            except EventFailedError as failed:
                plan = self._without(plan, failed)
            except SetFailedError as failed:
                self._refuse_others_failures(failed)
                return self._apply_parts(runs, plan)
            except Exception as error:
                if isinstance(error, ConsumerStoppedError) or kind_of(error) is not Failure.EVENT:
                    raise
                if len(runs) > 1 or len(runs[0].documents) > 1:
                    return self._apply_parts(runs, plan)
                plan = self._suspecting(runs[0], plan, error)

    def apply_passed(self, source: str, arrivals: Sequence[Arrival], up_to: int) -> int:
        """Apply events that the marks have passed over, as far as no earlier call has; return how many.

        `up_to` is the position that the call reaches. Raises EventFailedError, with nothing applied.
        """
        try:
            return self._apply_passed(source, arrivals, up_to)
        except SetFailedError:
            return self._apply_passed(source, arrivals, up_to, singly=True)

    def _apply_parts(self, runs: Sequence[Run], plan: Plan) -> dict[int | None, int]:
        """Apply runs that failed, nobody knows by which event: each for itself, then each half, at last singly.

        What is applied before a crash is not applied again, though the checkpoint of its run moves last.
        """
        if len(runs) > 1:
            return {partition: at for run in runs for partition, at in self.apply_all([run], plan).items()}
        (run,) = runs
        middle = len(run.documents) // 2
        if middle == 0:
            return self.apply_all(runs, replace(plan, singly=True))
        for half in (run.documents[:middle], run.documents[middle:]):
            self.apply(Run(run.source, half), plan)
        return self.apply_all([replace(run, documents=())], plan)

    def _apply_passed(self, source: str, arrivals: Sequence[Arrival], up_to: int, *, singly: bool = False) -> int:
        with self._transaction(arrivals) as session:
            reached = marks.lock_marks(session, source, {one.envelope.subject for one in arrivals})
            rows = session.execute(ALL_SINCE.where(passed_type.c.source == source))
            since = {row.type: row.first_position for row in rows}
            passed = [
                one
                for one in arrivals
                if one.sequence <= reached[one.envelope.subject].sequence and one.position >= since[one.envelope.type]
            ]
            pairs = self._performer.read(passed)
            self._performer.lock(session, pairs)
            self._performer.perform(session, pairs, singly=singly)
            types = {one.envelope.type for one in arrivals}
            behind = update(passed_type).where(passed_type.c.source == source, passed_type.c.type.in_(types))
            session.execute(behind.where(passed_type.c.first_position <= up_to).values(first_position=up_to + 1))
        return len(passed)

    def _without(self, plan: Plan, failed: EventFailedError) -> Plan:
        """Plan the next try, in which the failed event alone is parked."""
        error = self._refuse_others_failures(failed)
        verdict = Verdict("failed", type(error).__name__, place_of(error))
        return replace(plan, condemned={**plan.condemned, failed.arrival.envelope.id: verdict})

    def _suspecting(self, run: Run, plan: Plan, error: Exception) -> Plan:
        """Plan to park the only event of a run that failed outside any handler; raises the error where none is."""
        for one in (read(run.source, document) for document in run.documents):
            if isinstance(one, Arrival) and one.envelope.id not in plan.condemned:
                verdict = Verdict("failed", type(error).__name__, place_of(error))
                return replace(plan, condemned={**plan.condemned, one.envelope.id: verdict})
        raise error

    def _apply_once(self, runs: Sequence[Run], plan: Plan) -> dict[int | None, int]:
        source = runs[0].source
        come = [(run, [read(source, document) for document in run.documents]) for run in runs]
        with self._transaction(one for _, documents in come for one in documents) as session:
            missing = self._move_checkpoints(session, runs)
            taken = [one for run, documents in come if run.partition not in missing for one in documents]
            for one in taken:
                if isinstance(one, Unreadable):
                    parking.park_unreadable(session, source, one, self._clock.now())
            arrivals = [one for one in taken if isinstance(one, Arrival)]
            fold = self._fold(session, source, arrivals, plan)
            ready, early = self._performer.read(fold.ready), self._performer.read(_to_erase(fold, arrivals))
            self._performer.lock(session, (*ready, *early))
            self._performer.perform(session, early)
            self._write(session, source, fold)
            self._performer.perform(session, ready, singly=plan.singly)
        return missing

    def _move_checkpoints(self, session: Session, runs: Sequence[Run]) -> dict[int | None, int]:
        """Let reading go on behind the runs; return the checkpoints that are below the beginning of their run."""
        of = {run.partition: run for run in runs if run.partition is not None}
        if not of:
            return {}
        reached = marks.next_offsets(session, runs[0].source, of.keys())
        missing: dict[int | None, int] = {one: at for one, at in reached.items() if of[one].first > at}
        moved = {one: of[one].end for one, at in reached.items() if one not in missing}
        further = {one: end for one, end in moved.items() if end > reached[one] or of[one].anew}
        marks.write_checkpoints(session, runs[0].source, further)
        return missing

    def _fold(self, session: Session, source: str, arrivals: Sequence[Arrival], plan: Plan) -> Fold:
        subjects = {one.envelope.subject for one in arrivals}
        locked = marks.lock_marks(session, source, subjects)
        held: dict[tuple[str, int], Arrival | None] = {}
        for row in parking.list_waiting(session, source, subjects):
            one = read(source, row.document)
            held[row.subject, row.sequence] = one if isinstance(one, Arrival) else None
        places = parking.parked_places(session, source, subjects)
        again = {(one.envelope.subject, one.sequence) for one in arrivals if one.envelope.id in plan.redriven}
        types = {one.envelope.type for one in (*arrivals, *filter(None, held.values()))}
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
            self._trail.refuse(session, one, verdict)
            self._stop_at_many_alike(session, verdict)
        for subject, reached in fold.passed_waiting.items():
            parking.forget_waiting(session, source, subject, reached)
        for event_id in fold.plan.redriven & {one.envelope.id for one in fold.ready}:
            parking.unpark(session, source, event_id)
        passed = [one for one in fold.ready if one.envelope.type not in self.vocabulary.types]
        if passed:
            rows = [{"source": source, "type": one.envelope.type, "first_position": one.position} for one in passed]
            insert_new_rows(session, passed_type, rows)

    def _stop_at_many_alike(self, session: Session, verdict: Verdict) -> None:
        if parking.count_alike(session, verdict.error, self._clock.now()) > parking.ALIKE_MAX:
            message = f"more than {parking.ALIKE_MAX} subjects failed alike: {verdict.error} at {verdict.place}"
            raise ConsumerStoppedError(message)

    @contextmanager
    def _transaction(self, arrivals: Iterable[Arrival | Unreadable]) -> Iterator[Session]:
        why, alone = cause.of_system(self._clock.now()), any(map(_erases, arrivals))
        with transaction(self._store, self._service.name, self._keys, why, alone=alone) as session:
            yield session
        self._trail.end(session)

    def _refuse_others_failures(self, failed: EventFailedError | SetFailedError) -> BaseException:
        """Return why events failed; raise what is transient, and ConsumerStoppedError when the fault is not theirs."""
        error = failed.__cause__ or failed
        kind = kind_of(error)
        if kind is not Failure.EVENT and isinstance(failed, EventFailedError):
            self._trail.failed(failed.arrival, error)
        if kind is Failure.TRANSIENT:
            raise error
        if kind is Failure.OURS:
            message = f"{type(error).__name__} at {place_of(error)}"
            raise ConsumerStoppedError(message) from error
        return error


def _to_erase(fold: Fold, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Return what is to be erased when told, although its subject waits or is parked; it is done again in its place."""
    told = [one for one in arrivals if _erases(one) and one.envelope.id not in fold.plan.condemned]
    return [one for one in told if one.sequence > fold.marks[one.envelope.subject].sequence]


def _erases(one: Arrival | Unreadable) -> bool:
    return isinstance(one, Arrival) and one.envelope.type == ERASED
