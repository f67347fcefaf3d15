"""Queries on balances, entries, lots and holds, one at a time; who changes what is a rider's has locked the balance."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from services.rewards.ledger import chart, records
from services.rewards.ledger.chart import EXPIRE, HAZARD, Matter, Movement
from services.rewards.ledger.models import Balance, Claim, Entry, Hold, Lot, LotUse, Posting
from services.rewards.ledger.rules import LotState, Use
from shared.db.locks import locked
from shared.db.sets import insert_new_rows, insert_rows, one_of
from shared.db.upsert import insert_new
from shared.errors import NOT_FOUND
from shared.events.envelope import Event
from shared.messaging import is_erased, list_erased


def open_balance(session: Session, rider_id: str) -> Balance | None:
    """Return a rider's account, locked, opened on first use; None for an erased rider, whose account stays away."""
    balance = lock_balance(session, rider_id)
    if is_erased(session, rider_id):
        session.delete(balance)
        session.flush()
        return None
    return balance


def list_homes() -> Select[str, str | None]:
    """Select the present sub-district of each rider."""
    return select(Balance.rider_id, Balance.subdistrict)


def lock_balance(session: Session, rider_id: str) -> Balance:
    """Return a rider's account, locked, erased or not; it is opened even then, so that nobody opens it meanwhile."""
    empty = {"rider_id": rider_id, "available": 0, "held": 0, "reserved": 0, "earned_total": 0}
    session.execute(insert_new(session, Balance.table()), [empty])
    return session.scalars(locked(select(Balance).where(Balance.rider_id == rider_id))).one()


def lock_balances(session: Session, rider_ids: Sequence[str]) -> None:
    """Lock riders' accounts, in the order given, opened on first use; those of erased riders stay away, but locked."""
    empty = {"available": 0, "held": 0, "reserved": 0, "earned_total": 0}
    insert_new_rows(session, Balance.table(), [{"rider_id": rider_id, **empty} for rider_id in rider_ids])
    among = one_of(session, Balance.rider_id, rider_ids)
    session.execute(locked(select(Balance.rider_id).where(among).order_by(Balance.rider_id)))
    erased = list_erased(session, rider_ids)
    if erased:
        session.execute(delete(Balance).where(one_of(session, Balance.rider_id, erased)))


def list_claimants(session: Session, hazard_ids: Collection[str]) -> Sequence[str]:
    """Return the riders of reports and of those merged into them."""
    direct, merged = (one_of(session, column, hazard_ids) for column in (Claim.hazard_id, Claim.survivor_id))
    claimants = session.scalars(select(Claim.rider_id).where(direct | merged).distinct())
    return [rider_id for rider_id in claimants if rider_id is not None]


def find_balance(session: Session, rider_id: str) -> Balance | None:
    """Return a rider's account."""
    return session.get(Balance, rider_id)


def book(session: Session, balance: Balance, movement: Movement, told_by: type[Event], at: datetime) -> records.Entry:
    """Write a movement with its postings, and carry it into the rider's locked balance.

    `told_by` is the class of the event that tells it, emitted with `once=entry.key, at=entry.time`.
    """
    entry = chart.entry_of(movement, told_by.type_name(), at)
    insert_rows(session, Entry.table(), [entry])
    insert_rows(session, Posting.table(), chart.postings_of(movement, entry))
    chart.carry(movement, balance)
    session.flush()
    return entry


def get_entry(session: Session, entry_id: str) -> Entry:
    """Return an entry; raises NOT_FOUND."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NOT_FOUND(kind="entry", id=entry_id)
    return entry


def find_reversal(session: Session, entry_id: str) -> Entry | None:
    """Return the entry that reverses another."""
    return session.scalar(select(Entry).where(Entry.reverses == entry_id))


def get_entry_about(session: Session, kind: str, matter: Matter) -> Entry:
    """Return the one entry of a kind about a matter; raises NOT_FOUND."""
    same = (Entry.kind == kind, Entry.cause_kind == matter.kind, Entry.cause_id == matter.id)
    entry = session.scalar(select(Entry).where(*same))
    if entry is None:
        raise NOT_FOUND(kind="entry", id=f"{kind}/{matter.kind}/{matter.id}")
    return entry


def find_lot(session: Session, lot_id: str) -> Lot | None:
    """Return a lot, None where it went with its rider."""
    return session.get(Lot, lot_id)


def get_lot(session: Session, lot_id: str) -> Lot:
    """Return a lot; raises NOT_FOUND."""
    lot = find_lot(session, lot_id)
    if lot is None:
        raise NOT_FOUND(kind="lot", id=lot_id)
    return lot


def find_lot_of(session: Session, entry_id: str) -> Lot | None:
    """Return the lot that an award made, None where it went with its rider."""
    return session.scalar(select(Lot).where(Lot.entry_id == entry_id))


def list_lots(session: Session, rider_id: str, expiring_after: datetime) -> list[LotState]:
    """Return the rider's lots that hold longer than a moment and of which something is left."""
    lots = _lot_states(session, Lot.rider_id == rider_id, Lot.expires_at > expiring_after)
    return [lot for lot in lots if lot.left > 0]


def list_all_lots(session: Session, rider_id: str) -> list[LotState]:
    """Return all of the rider's lots of which something is left, those included whose expiry is not booked yet."""
    return [lot for lot in _lot_states(session, Lot.rider_id == rider_id) if lot.left > 0]


def lot_ids_of(rider_id: str) -> Select[str]:
    """Select the ids of a rider's lots."""
    return select(Lot.id).where(Lot.rider_id == rider_id)


def left_of(session: Session, lot_id: str) -> int:
    """Return what is left of a lot."""
    return sum(lot.left for lot in _lot_states(session, Lot.id == lot_id))


def use_lots(session: Session, entry: records.Entry, uses: Iterable[Use]) -> None:
    """Note what an entry took of lots, or gave back to them."""
    session.add_all(LotUse(lot_id=use.lot_id, entry_id=entry.id, points=use.points) for use in uses)
    session.flush()


def give_back(session: Session, entry: records.Entry, taken: Iterable[Use]) -> None:
    """Note that an entry gave back to lots what had been taken of them."""
    use_lots(session, entry, [Use(use.lot_id, -use.points) for use in taken])


def list_uses(session: Session, entry_id: str) -> list[Use]:
    """Return what an entry took of lots."""
    uses = select(LotUse).where(LotUse.entry_id == entry_id).order_by(LotUse.lot_id)
    return [Use(use.lot_id, use.points) for use in session.scalars(uses)]


def expiries(session: Session, uses: Sequence[Use]) -> dict[str, datetime]:
    """Return when the lots that were used expire."""
    wanted = select(Lot.id, Lot.expires_at).where(Lot.id.in_([use.lot_id for use in uses]))
    return {row.id: row.expires_at for row in session.execute(wanted)}


def count_expiries(session: Session, lot_id: str) -> int:
    """Return how often something of a lot has expired."""
    return session.scalar(select(func.count()).where(Entry.kind == EXPIRE, Entry.cause_id == lot_id)) or 0


def add_hold(session: Session, movement: Movement, *, points: int, at: datetime, expires_at: datetime) -> records.Hold:
    """Keep points as set aside until the hold is settled."""
    hold = chart.hold_of(movement, points, at, expires_at)
    insert_rows(session, Hold.table(), [hold])
    return hold


def find_hold(session: Session, cause_kind: str, cause_id: str) -> Hold | None:
    """Return the hold for a hazard or a voucher as it stands now."""
    wanted = select(Hold).where(Hold.cause_kind == cause_kind, Hold.cause_id == cause_id)
    return session.scalar(wanted.execution_options(populate_existing=True))


def find_hold_by_id(session: Session, hold_id: str) -> Hold | None:
    """Return a hold as it stands now; None where it was never opened, or went with its rider."""
    return session.get(Hold, hold_id, populate_existing=True)


def hold_ids_of(rider_id: str) -> Select[str]:
    """Select the ids of a rider's holds."""
    return select(Hold.id).where(Hold.rider_id == rider_id)


def settle_hold(session: Session, cause_kind: str, cause_id: str, outcome: str) -> Hold:
    """Close the hold for a hazard or a voucher; raises NOT_FOUND."""
    hold = find_hold(session, cause_kind, cause_id)
    if hold is None:
        raise NOT_FOUND(kind="hold", id=cause_id)
    hold.outcome = outcome
    return hold


def list_open_holds(session: Session, rider_id: str) -> Sequence[Hold]:
    """Return what is still promised to a rider for hazards."""
    wanted = select(Hold).where(Hold.rider_id == rider_id, Hold.cause_kind == HAZARD, Hold.outcome.is_(None))
    return session.scalars(wanted.order_by(Hold.id)).all()


def _lot_states(session: Session, *wanted: ColumnElement[bool]) -> list[LotState]:
    left = Lot.points - func.coalesce(func.sum(LotUse.points), 0)
    states: Select[str, int, datetime] = (
        select(Lot.id, left.label("left"), Lot.expires_at)
        .outerjoin(LotUse, LotUse.lot_id == Lot.id)
        .where(*wanted)
        .group_by(Lot.id, Lot.points, Lot.expires_at)
        .order_by(Lot.expires_at, Lot.id)
    )
    return [LotState(row.id, row.left, row.expires_at) for row in session.execute(states)]
