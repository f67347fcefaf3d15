"""The consumer: every event of other services takes effect here once, in its subject's order, or is held or parked."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.store import Store
from shared.events.registration import RiderErasedV1
from shared.keys.ring import KeyRing
from shared.messaging import cause, marks, parking, passing
from shared.messaging.arrivals import Arrival, Unreadable, read
from shared.messaging.bus import Run
from shared.messaging.failures import ConsumerStoppedError, Failure, kind_of, place_of
from shared.messaging.fold import Fold, Plan
from shared.messaging.log import transaction
from shared.messaging.parking import Verdict
from shared.messaging.performing import EventFailedError, Performer, SetFailedError, Subscriber
from shared.messaging.trail import Trail
from shared.tracing import OFF, Tracer

__all__ = ["Consumer", "ConsumerStoppedError", "EventFailedError", "Subscriber"]

ERASED = RiderErasedV1.type_name()


class Consumer:
    """Applies runs of events to one service's store; worker, sweep and redrive all go this one way.

    Once it has stopped it applies nothing any more, whoever brings it: what works in one process shares one.
    """

    def __init__(self, service: Subscriber, store: Store, keys: KeyRing, clock: Clock, tracer: Tracer = OFF) -> None:
        self._service, self._store, self._keys, self._clock = service, store, keys, clock
        self._trail = Trail(service.name, tracer)
        self._performer = Performer(service, self._trail)
        self.vocabulary = self._performer.vocabulary
        self._taken_up, self._stopped = False, ""

    def apply(self, run: Run, plan: Plan | None = None) -> int | None:
        """Apply a run as `apply_all` does; return the offset to go back to when records before it are missing."""
        return self.apply_all([run], plan).get(run.partition)

    def apply_all(self, runs: Sequence[Run], plan: Plan | None = None) -> dict[int | None, int]:
        """Apply runs of one publisher in one transaction; return to which offset to go back in which partition.

        A run before which records are missing is left out, and the others are applied. An event that fails is parked
        and the rest applied. Raises what is transient for the caller to try again, and ConsumerStoppedError when the
        fault is not the event's.
        """
        if self._stopped:
            raise ConsumerStoppedError(self._stopped)
        try:
            return self._apply_all(runs, plan or Plan())
        except ConsumerStoppedError as error:
            self.stop(str(error))
            raise

    def stop(self, why: str) -> None:
        """Apply nothing any more; the first reason given is told to all who bring something."""
        self._stopped = self._stopped or why

    def apply_passed(self, source: str, arrivals: Sequence[Arrival], up_to: int, plan: Plan | None = None) -> int:
        """Apply events that the marks have passed over, as far as no earlier call has; return how many took effect.

        `up_to` is the position that the call reaches. An event that fails is parked, and the rest applied. Of a plan
        that redrives, what is parked is applied. Raises what `apply_all` does.
        """
        plan = plan or Plan()
        while True:
            try:
                return self._apply_passed(source, arrivals, up_to, plan)
            except EventFailedError as failed:
                plan = self._without(plan, failed)
            except SetFailedError as failed:
                self._refuse_others_failures(failed)
                plan = replace(plan, singly=True)
            except Exception as error:
                if kind_of(error) is not Failure.EVENT:
                    raise
                if len(arrivals) > 1:
                    return self._apply_passed_halves(source, arrivals, up_to, plan)
                plan = self._suspecting(arrivals, plan, error)

    def _apply_all(self, runs: Sequence[Run], plan: Plan) -> dict[int | None, int]:
        while True:
            try:
                return self._apply_once(runs, plan)
            except EventFailedError as failed:
                plan = self._without(plan, failed)
            except SetFailedError as failed:
                self._refuse_others_failures(failed)
                return self._apply_parts(runs, plan)
            except Exception as error:
                if kind_of(error) is not Failure.EVENT:
                    raise
                if len(runs) > 1 or len(runs[0].documents) > 1:
                    return self._apply_parts(runs, plan)
                come = [read(runs[0].source, document) for document in runs[0].documents]
                plan = self._suspecting(come, plan, error)

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

    def _apply_passed_halves(self, source: str, arrivals: Sequence[Arrival], up_to: int, plan: Plan) -> int:
        middle = len(arrivals) // 2
        first, rest = arrivals[:middle], arrivals[middle:]
        applied = self.apply_passed(source, first, first[-1].position, plan)
        return applied + self.apply_passed(source, rest, up_to, plan)

    def _apply_passed(self, source: str, arrivals: Sequence[Arrival], up_to: int, plan: Plan) -> int:
        condemned = plan.condemned
        with self._transaction(arrivals) as session:
            passed = self._passed(session, source, arrivals, plan)
            pairs = self._performer.read(one for one in passed if one.envelope.id not in condemned)
            self._performer.lock(session, pairs)
            bad = [(one, condemned[one.envelope.id]) for one in passed if one.envelope.id in condemned]
            self._refuse(session, source, bad)
            self._performer.perform(session, pairs, singly=plan.singly)
            for event_id in plan.redriven & {one.envelope.id for one, _event in pairs}:
                parking.unpark(session, source, event_id)
            passing.note_applied(session, source, {one.envelope.type for one in arrivals}, up_to)
        return len(pairs)

    def _passed(self, session: Session, source: str, arrivals: Sequence[Arrival], plan: Plan) -> list[Arrival]:
        """Return those that the marks have passed over and whose effect is still to come."""
        reached = marks.lock_marks(session, source, {one.envelope.subject for one in arrivals})
        below = [one for one in arrivals if one.sequence <= reached[one.envelope.subject].sequence]
        if plan.redriven:
            places = parking.parked_places(session, source, reached)
            return [one for one in below if (one.envelope.subject, one.sequence) in places]
        since = passing.first_positions(session, source)
        return [one for one in below if one.position >= since.get(one.envelope.type, one.position + 1)]

    def _without(self, plan: Plan, failed: EventFailedError) -> Plan:
        """Plan the next try, in which the failed event alone is parked."""
        error = self._refuse_others_failures(failed)
        verdict = Verdict("failed", type(error).__name__, place_of(error))
        return replace(plan, condemned={**plan.condemned, failed.arrival.envelope.id: verdict})

    def _suspecting(self, come: Iterable[Arrival | Unreadable], plan: Plan, error: Exception) -> Plan:
        """Plan to park the only event of what failed outside any handler; raises the error where none is."""
        for one in come:
            if isinstance(one, Arrival) and one.envelope.id not in plan.condemned:
                verdict = Verdict("failed", type(error).__name__, place_of(error))
                return replace(plan, condemned={**plan.condemned, one.envelope.id: verdict})
        raise error

    def _apply_once(self, runs: Sequence[Run], plan: Plan) -> dict[int | None, int]:
        source = runs[0].source
        come = [(run, [read(source, document) for document in run.documents]) for run in runs]
        with self._transaction(one for _, documents in come for one in documents) as session:
            if not self._taken_up:
                passing.refuse_missed(self._service.name, passing.take_up(session, self.vocabulary.types))
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
        self._taken_up = True
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
        if plan.from_log:
            self._set_aside(session, source, arrivals)
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

    def _set_aside(self, session: Session, source: str, told: Sequence[Arrival]) -> None:
        """Make room for what a publisher told where something else is parked: anybody may have put that on the bus."""
        documents = {(one.envelope.subject, one.sequence): one.document for one in told}
        parked = parking.list_parked_of(session, source, {subject for subject, _ in documents})
        strange = [row for row in parked if documents.get((row.subject, row.sequence), row.document) != row.document]
        ids = {one.envelope.id for one in told}
        for row in [row for row in strange if row.id in ids]:
            parking.unpark(session, source, row.id)
        if strange:
            parking.set_aside(session, source, [row.id for row in strange])
        for one in (read(source, row.document) for row in strange):
            if isinstance(one, Arrival):
                self._trail.refuse(session, one, parking.NOT_IN_LOG)

    def _write(self, session: Session, source: str, fold: Fold) -> None:
        """Keep where each subject stands now: marks, what waits, what is parked, which types were passed."""
        now = self._clock.now()
        marks.write_marks(session, source, fold.moved)
        parking.hold(session, source, fold.early, now)
        self._refuse(session, source, fold.refused)
        for subject, reached in fold.passed_waiting.items():
            parking.forget_waiting(session, source, subject, reached)
        for event_id in fold.plan.redriven & {one.envelope.id for one in fold.ready}:
            parking.unpark(session, source, event_id)
        handled = self.vocabulary.types
        passing.note_passed(session, source, [one for one in fold.ready if one.envelope.type not in handled])

    def _refuse(self, session: Session, source: str, refused: Iterable[tuple[Arrival, Verdict]]) -> None:
        for one, verdict in refused:
            parking.park(session, source, one, verdict, self._clock.now())
            self._trail.refuse(session, one, verdict)
            self._stop_at_many_alike(session, verdict)

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
