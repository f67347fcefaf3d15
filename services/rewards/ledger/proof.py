"""What the log says that each entry must be: every posting of the ledger follows from the sealed events."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from services.rewards.ledger import chart
from services.rewards.ledger.chart import Matter, Movement
from services.rewards.ledger.rules import Returned, Split, Use
from shared.events.rewards import (
    PointsAwardedV1,
    PointsExpiredV1,
    PointsHeldV1,
    PointsReleasedV1,
    PointsReversedV1,
    PointsSpentV1,
)
from shared.messaging.history import enveloped_told

ERASED = "erased"
Cause = tuple[str, str]
Step = tuple[str, datetime, Movement]


@dataclass
class Proof:
    """Movements that were told, by event id, and when."""

    movements: dict[str, Movement] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)


def proof_of(session: Session) -> Proof:
    """Read the log and say what must stand in the ledger."""
    proof, in_hold, spent = Proof(), Counter[Cause](), dict[str, PointsSpentV1]()
    _take(proof, _holds(session, in_hold))
    _take(proof, _spendings(session, spent))
    _take(proof, _awards(session, in_hold))
    _take(proof, _ends_of_lots(session))
    _take(proof, _reversals(session, spent))
    return proof


def _take(proof: Proof, steps: Iterator[Step]) -> None:
    for event_id, time, movement in steps:
        proof.movements[event_id], proof.times[event_id] = movement, time


def _holds(session: Session, in_hold: Counter[Cause]) -> Iterator[Step]:
    """Yield holds and releases; leave in `in_hold` what of each hold was not released."""
    for envelope, held in enveloped_told(session, PointsHeldV1):
        in_hold[held.cause_kind, held.cause_id] += held.points
        make = chart.promise if held.cause_kind == chart.HAZARD else chart.reservation
        matter = Matter(held.cause_kind, held.cause_id, held.subdistrict)
        yield envelope.id, envelope.time, make(held.rider_id, matter, held.points)
    for envelope, released in enveloped_told(session, PointsReleasedV1):
        in_hold[released.cause_kind, released.cause_id] -= released.points
        make = chart.release if released.cause_kind == chart.HAZARD else chart.end_of_reservation
        matter = Matter(released.cause_kind, released.cause_id, released.subdistrict)
        yield envelope.id, envelope.time, make(released.rider_id, matter, released.points)


def _spendings(session: Session, spent: dict[str, PointsSpentV1]) -> Iterator[Step]:
    for envelope, event in enveloped_told(session, PointsSpentV1):
        spent[event.entry_id] = event
        matter = Matter(chart.VOUCHER, event.voucher_id, event.subdistrict)
        yield envelope.id, envelope.time, chart.spending(event.rider_id, matter, event.points)


def _awards(session: Session, in_hold: Counter[Cause]) -> Iterator[Step]:
    """Yield awards: what of the hold was not released went into them, the rest was added."""
    for envelope, event in enveloped_told(session, PointsAwardedV1):
        from_hold = in_hold[event.cause_kind, event.cause_id]
        matter = Matter(event.cause_kind, event.cause_id, event.subdistrict)
        split = Split(from_hold, event.points - from_hold, 0)
        yield envelope.id, envelope.time, chart.award(event.rider_id, matter, split)


def _ends_of_lots(session: Session) -> Iterator[Step]:
    times_expired = Counter[str]()
    for envelope, expired in enveloped_told(session, PointsExpiredV1):
        times_expired[expired.lot_id] += 1
        matter = Matter(chart.LOT, expired.lot_id, expired.subdistrict)
        movement = chart.expiry(expired.rider_id, matter, expired.points, times_expired[expired.lot_id])
        yield envelope.id, envelope.time, movement


def _reversals(session: Session, spent: dict[str, PointsSpentV1]) -> Iterator[Step]:
    for envelope, event in enveloped_told(session, PointsReversedV1):
        spending = spent.get(event.reversed_entry_id)
        if spending is None:
            make = chart.forfeiture if event.reason == ERASED else chart.correction
            matter = Matter(chart.ENTRY, event.reversed_entry_id, event.subdistrict)
            movement = make(event.rider_id, matter, -event.points)
        else:
            matter = Matter(chart.VOUCHER, spending.voucher_id, event.subdistrict)
            back = Returned((Use("", event.points),), (Use("", spending.points - event.points),))
            movement = chart.giving_back(event.rider_id, matter, back, event.reversed_entry_id)
        yield envelope.id, envelope.time, movement
