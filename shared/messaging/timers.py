"""Timers: rows that fall due; scheduling writes one in the transaction, firing is one transaction of its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, SelectBase, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.sets import insert_new_rows
from shared.db.store import Store
from shared.keys.ring import KeyRing
from shared.messaging.cause import get_cause, of_timer, set_cause
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.handlers import Timers
from shared.messaging.log import transaction
from shared.messaging.tables import timer
from shared.random import derived_id

BATCH_MAX = 200
DUE = (
    select(timer)
    .where(timer.c.due <= bindparam("now"), ~timer.c.parked)
    .order_by(timer.c.due, timer.c.id)
    .limit(BATCH_MAX)
)
CLAIM = delete(timer).where(timer.c.id == bindparam("claimed")).returning(timer.c.id)


class UnknownTimerError(LookupError):
    """A timer's purpose is one that the service does not know."""


class Timed(Protocol):
    """What firing timers needs to know of a service."""

    @property
    def name(self) -> str:
        """The service's name."""
        ...

    @property
    def timers(self) -> Timers:
        """What it does when which timer is due."""
        ...


class TimerLoop:
    """Fires one service's timers: claim and effect are one transaction, and a failing timer is parked."""

    def __init__(self, service: Timed, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._service, self._store, self._keys, self._clock = service, store, keys, clock

    def fire_due(self) -> int:
        """Fire what is due, the longest due first; return how many fired. Raises what is transient or ours."""
        return sum(self._fire(row) for row in self._due())

    def _due(self) -> Sequence[Row[Any]]:
        with self._store.read() as session:
            return session.execute(DUE, {"now": self._clock.now()}).all()

    def _fire(self, row: Row[Any]) -> bool:
        try:
            return self._fire_once(row)
        except Exception as error:
            if kind_of(error) is not Failure.EVENT:
                raise
            self._park(row, error)
            return False

    def _fire_once(self, row: Row[Any]) -> bool:
        """Do what the timer is for, unless another has done it: whoever deletes the row is the one."""
        why = of_timer(row.id, row.due)
        with transaction(self._store, self._service.name, self._keys, why) as session:
            claimed = session.execute(CLAIM, {"claimed": row.id}).all()
            if claimed:
                _act(session, self._service, row)
        return bool(claimed)

    def _park(self, row: Row[Any], error: Exception) -> None:
        why = {"parked": True, "error": type(error).__name__, "place": place_of(error)}
        with self._store.write() as session:
            session.execute(update(timer).where(timer.c.id == row.id).values(attempts=timer.c.attempts + 1, **why))


def schedule(session: Session, purpose: str, subject: str, due: datetime) -> None:
    """Let the service's timer of that purpose fire for the subject at `due`; the same again changes nothing."""
    schedule_all(session, [(purpose, subject, due)])


def schedule_all(session: Session, wanted: Iterable[tuple[str, str, datetime]]) -> None:
    """Schedule timers, each by its purpose, its subject and when it is due."""
    rows = [
        {"id": derived_id(due, purpose, subject), "due": due, "purpose": purpose, "subject": subject}
        for purpose, subject, due in wanted
    ]
    insert_new_rows(session, timer, [{**row, "attempts": 0, "parked": False} for row in rows])


def fire_overdue(session: Session, service: Timed, subjects: SelectBase) -> None:
    """Do what was due for the subjects before the moment of the transaction, as the loop would have done in time.

    All of it is claimed before anything is done, as the loop claims a timer before it locks what that is about.
    """
    why = get_cause(session)
    overdue = delete(timer).where(timer.c.due <= why.time, ~timer.c.parked, timer.c.subject.in_(subjects))
    while rows := session.execute(overdue.returning(timer)).all():
        for row in sorted(rows, key=lambda row: (row.due, row.id)):
            set_cause(session, of_timer(row.id, row.due))
            _act(session, service, row)
        set_cause(session, why)


def cancel(session: Session, purpose: str, subject: str) -> None:
    """Let no timer of that purpose fire for the subject any more."""
    session.execute(delete(timer).where(timer.c.purpose == purpose, timer.c.subject == subject))


def list_parked_timers(session: Session) -> Sequence[Row[Any]]:
    """Return the timers that failed, the longest due first."""
    return session.execute(select(timer).where(timer.c.parked.is_(True)).order_by(timer.c.due)).all()


def redrive_timer(session: Session, timer_id: str) -> bool:
    """Let a parked timer fire again; tell whether there was one."""
    again = update(timer).where(timer.c.id == timer_id, timer.c.parked.is_(True)).values(parked=False)
    return bool(session.execute(again.returning(timer.c.id)).all())


def count_overdue(session: Session, now: datetime) -> int:
    """Return how many timers are due and have not fired, without those that are parked."""
    late = select(func.count()).select_from(timer).where(timer.c.due <= now, ~timer.c.parked)
    return session.scalar(late) or 0


def count_parked(session: Session) -> int:
    """Return how many timers failed; no index finds them, so ask seldom."""
    return session.scalar(select(func.count()).select_from(timer).where(timer.c.parked.is_(True))) or 0


def _act(session: Session, service: Timed, row: Row[Any]) -> None:
    if row.purpose not in service.timers:
        message = f"{service.name} has no timer {row.purpose!r}; deploy the version that scheduled it"
        raise UnknownTimerError(message)
    service.timers[row.purpose](session, row.subject)
