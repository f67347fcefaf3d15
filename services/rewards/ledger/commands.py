"""What staff may ask of the ledger: nothing in it is changed, a correction is an entry of its own."""

from sqlalchemy.orm import Session

from services.rewards.ledger import chart, problems, rules, store, telling
from services.rewards.ledger.chart import Matter
from services.rewards.ledger.models import Balance, Entry, Lot
from services.rewards.ledger.schemas import Reversal
from services.rewards.ledger.telling import tell
from shared.auth import Principal, Role, authorize
from shared.events.rewards import PointsReversedV1
from shared.messaging import now

DISTRICT_STAFF = frozenset({Role.DISTRICT_STAFF, Role.ADMINISTRATOR})


def reverse_entry(session: Session, principal: Principal, entry_id: str, order: Reversal) -> str:
    """Take an award back by its reverse, as long as all of it is there; return the reversing entry's id."""
    authorize(principal, DISTRICT_STAFF)
    entry = store.get_entry(session, entry_id)
    if entry.kind != chart.AWARD:
        raise problems.NOT_REVERSIBLE(entry_id=entry_id, entry_kind=entry.kind)
    lot = store.find_lot_of(session, entry_id)
    if lot is None:
        raise problems.ACCOUNT_ERASED()
    balance = _whole_award(session, entry, lot)

    matter = Matter(chart.ENTRY, entry_id, entry.subdistrict)
    movement = chart.correction(lot.rider_id, matter, lot.points)
    reversing = store.book(session, balance, movement, PointsReversedV1, now(session))
    store.use_lots(session, reversing, [rules.Use(lot.id, lot.points)])
    tell(session, reversing, telling.reversed_by(reversing, lot.rider_id, -lot.points, order.reason))
    return reversing.id


def _whole_award(session: Session, entry: Entry, lot: Lot) -> Balance:
    """Return the locked account of an award of which nothing was used; raises what keeps it from being reversed."""
    balance = store.open_balance(session, lot.rider_id)
    if balance is None:
        raise problems.ACCOUNT_ERASED()
    reversal = store.find_reversal(session, entry.id)
    if reversal is not None:
        raise problems.ALREADY_REVERSED(entry_id=entry.id, reversal_id=reversal.id)
    left = store.left_of(session, lot.id)
    if left < lot.points:
        raise problems.PARTLY_USED(entry_id=entry.id, points=lot.points, left=left)
    return balance
