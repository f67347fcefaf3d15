"""The events that tell of points; each tells one entry, whose `key` and `time` they are emitted with."""

from sqlalchemy.orm import Session

from services.rewards.ledger import models
from services.rewards.ledger.records import Entry, Hold, Lot
from shared.events.envelope import Event
from shared.events.rewards import (
    PointsAwardedV1,
    PointsExpiredV1,
    PointsHeldV1,
    PointsReleasedV1,
    PointsReversedV1,
    PointsSpentV1,
)
from shared.messaging import emit


def tell(session: Session, entry: Entry, event: Event) -> None:
    """Tell an entry, once, under the id that the entry names."""
    emit(session, event, once=entry.key, at=entry.time)


def held(hold: Hold) -> PointsHeldV1:
    """Points were set aside."""
    return PointsHeldV1(
        subdistrict=hold.subdistrict,
        rider_id=hold.rider_id,
        hold_id=hold.id,
        points=hold.points,
        cause_kind=hold.cause_kind,
        cause_id=hold.cause_id,
    )


def released(hold: Hold | models.Hold, points: int, reason: str) -> PointsReleasedV1:
    """Points that were set aside are so no longer."""
    return PointsReleasedV1(
        subdistrict=hold.subdistrict,
        rider_id=hold.rider_id,
        hold_id=hold.id,
        points=points,
        cause_kind=hold.cause_kind,
        cause_id=hold.cause_id,
        reason=reason,
    )


def awarded(entry: Entry, lot: Lot) -> PointsAwardedV1:
    """Points became the rider's own."""
    return PointsAwardedV1(
        subdistrict=entry.subdistrict,
        rider_id=lot.rider_id,
        entry_id=entry.id,
        lot_id=lot.id,
        points=lot.points,
        cause_kind=entry.cause_kind,
        cause_id=entry.cause_id,
        expires_at=lot.expires_at,
    )


def spent(entry: Entry, hold: models.Hold) -> PointsSpentV1:
    """Reserved points were spent on the voucher that they were reserved for."""
    return PointsSpentV1(
        subdistrict=entry.subdistrict,
        rider_id=hold.rider_id,
        entry_id=entry.id,
        points=hold.points,
        voucher_id=hold.cause_id,
    )


def expired(entry: Entry, lot: models.Lot, points: int) -> PointsExpiredV1:
    """What was left of a lot expired."""
    return PointsExpiredV1(
        subdistrict=entry.subdistrict, rider_id=lot.rider_id, entry_id=entry.id, lot_id=lot.id, points=points
    )


def reversed_by(entry: Entry, rider_id: str, points: int, reason: str) -> PointsReversedV1:
    """An entry was reversed by this one; `points` is what the rider's available points changed by."""
    return PointsReversedV1(
        subdistrict=entry.subdistrict,
        rider_id=rider_id,
        entry_id=entry.id,
        reversed_entry_id=entry.reverses or "",
        points=points,
        reason=reason,
    )
