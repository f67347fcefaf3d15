"""Erasing a rider in one service: what was due before, the key, the rows, a receipt; done again it changes nothing."""

from collections.abc import Callable, Iterable
from typing import Protocol

from sqlalchemy import SelectBase, delete, update
from sqlalchemy.orm import Session

from shared.db.upsert import insert_new
from shared.events.erasure import RiderDataErasedV1
from shared.events.registration import RiderErasedV1
from shared.messaging.cause import keys, now
from shared.messaging.log import emit
from shared.messaging.tables import idempotency, tombstone
from shared.messaging.timers import Timed, fire_overdue
from shared.messaging.turns import take_turn


class Eraser(Timed, Protocol):
    """What erasing needs to know of a service."""

    @property
    def timed(self) -> Callable[[str], SelectBase] | None:
        """How it selects the subjects of a rider's timers, if timers of it tell anything of riders."""
        ...

    @property
    def erase(self) -> Callable[[Session, str], None]:
        """How it deletes what is personal of a rider."""
        ...


def erase_rider(session: Session, event: RiderErasedV1, service: Eraser) -> None:
    """Leave a tombstone, destroy the rider's key, delete what is personal, and tell that it is done.

    What was due before the rider was erased is done first: it is told alike whether or not its timer was in time.
    """
    take_turn(session, alone=True)
    if service.timed is not None:
        fire_overdue(session, service, service.timed(event.rider_id))
    bury(session, event.rider_id)
    service.erase(session, event.rider_id)
    receipt = RiderDataErasedV1(subdistrict=event.subdistrict, rider_id=event.rider_id, service=service.name)
    emit(session, receipt, once=service.name)


def bury(session: Session, rider_id: str) -> None:
    """Leave the rider's tombstone, destroy the rider's key here, and forget the answers the rider was given."""
    session.execute(insert_new(session, tombstone), [{"rider_id": rider_id, "erased_at": now(session)}])
    keys(session).destroy(rider_id)
    session.execute(delete(idempotency).where(idempotency.c.principal == f"rider/{rider_id}"))


def forget_requests(session: Session, made: Iterable[str]) -> None:
    """Forget what others sent to make something that was a rider's, and its answer; a repeat of theirs is refused."""
    theirs = update(idempotency).where(idempotency.c.made.in_(list(made)))
    session.execute(theirs.values(digest="", answer=None))
