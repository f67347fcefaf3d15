"""Timers: rows that fall due; scheduling writes one in the transaction, firing is one transaction of its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.sets import insert_new_rows
from shared.db.store import Store
from shared.keys.ring import KeyRing
from shared.messaging.cause import of_timer
from shared.messaging.consumer import Subscriber
from shared.messaging.failures import Failure, kind_of, place_of
from shared.messaging.handlers import Timers
from shared.messaging.log import transaction
from shared.messaging.tables import timer
from shared.random import derived_id

BATCH_MAX = 200


class UnknownTimerError(LookupError):
    """A timer's purpose is one that the service does not know."""


class TimerLoop:
    """Fires one service's timers: claim and effect are one transaction, and a failing timer is parked."""

    def __init__(self, service: Subscriber, timers: Timers, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._service, self._timers, self._store, self._keys, self._clock = service, timers, store, keys, clock

    def fire_due(self) -> int:
        """Fire what is due, the longest due first; return how many fired. Raises what is transient or ours."""
        return sum(self._fire(row) for row in self._due())

    def _due(self) -> Sequence[Row[Any]]:
        wanted = select(timer).where(timer.c.due <= self._clock.now(), timer.c.parked.is_(False))
        with self._store.read() as session:
            return session.execute(wanted.order_by(timer.c.due, timer.c.id).limit(BATCH_MAX)).all()

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
            claimed = session.execute(delete(timer).where(timer.c.id == row.id).returning(timer.c.id)).all()
            if claimed:
                self._action(row.purpose)(session, row.subject)
        return bool(claimed)

    def _action(self, purpose: str) -> Any:
        if purpose not in self._timers:
            message = f"{self._service.name} has no timer {purpose!r}; deploy the version that scheduled it"
            raise UnknownTimerError(message)
        return self._timers[purpose]

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
    """Return how many timers are due and have not fired, parked ones included."""
    return session.scalar(select(func.count()).select_from(timer).where(timer.c.due <= now)) or 0
