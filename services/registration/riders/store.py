"""Every query on riders that is not personal."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from services.registration.models import table_of
from services.registration.riders.models import MutedNotice, Rider
from shared.db.locks import locked
from shared.db.upsert import insert_new
from shared.errors import NOT_FOUND


def open_rider(session: Session, rider: Rider) -> Rider:
    """Keep a rider, or return the one who has the same phone already: of two at once, one is kept."""
    fields = ("id", "phone_digest", "subdistrict", "platform", "language", "registered_at", "phone_proved_at")
    session.execute(insert_new(session, table_of(Rider)), [{name: getattr(rider, name) for name in fields}])
    by_phone = select(Rider).where(Rider.phone_digest == rider.phone_digest)
    return session.scalars(locked(by_phone)).one()


def find_rider(session: Session, rider_id: str) -> Rider | None:
    """Return a rider."""
    return session.get(Rider, rider_id)


def get_rider(session: Session, rider_id: str) -> Rider:
    """Return a rider; raises NOT_FOUND, for an erased one too."""
    rider = find_rider(session, rider_id)
    if rider is None:
        raise NOT_FOUND(kind="rider", id=rider_id)
    return rider


def find_rider_by_phone(session: Session, phone_digest: str) -> Rider | None:
    """Return the rider who has a phone."""
    return session.scalar(select(Rider).where(Rider.phone_digest == phone_digest))


def lock_rider(session: Session, rider_id: str) -> Rider:
    """Return a rider whom nobody else changes until the transaction ends; raises NOT_FOUND."""
    rider = session.scalar(locked(select(Rider).where(Rider.id == rider_id)))
    if rider is None:
        raise NOT_FOUND(kind="rider", id=rider_id)
    return rider


def prove_phone(session: Session, rider_id: str, moment: datetime) -> None:
    """Keep when a rider first proved to hold the phone."""
    unproved = update(Rider).where(Rider.id == rider_id, Rider.phone_proved_at.is_(None))
    session.execute(unproved.values(phone_proved_at=moment))


def list_riders(subdistrict: str | None) -> Select[Rider]:
    """Select the riders of a sub-district (None: all)."""
    return select(Rider) if subdistrict is None else select(Rider).where(Rider.subdistrict == subdistrict)


def list_muted(session: Session, rider_id: str) -> tuple[str, ...]:
    """Return the `topic:channel` pairs that a rider muted, sorted."""
    pairs = select(MutedNotice.pair).where(MutedNotice.rider_id == rider_id).order_by(MutedNotice.pair)
    return tuple(session.scalars(pairs))


def keep_muted(session: Session, rider_id: str, pairs: Iterable[str]) -> None:
    """Let a rider's muted pairs be these."""
    session.execute(delete(MutedNotice).where(MutedNotice.rider_id == rider_id))
    rows = [{"rider_id": rider_id, "pair": pair} for pair in sorted(set(pairs))]
    if rows:
        session.execute(insert(MutedNotice), rows)
