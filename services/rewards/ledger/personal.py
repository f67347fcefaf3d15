"""What links the ledger to a rider: balance, holds, lots, whose claims they are.

Entries and postings stay, or the ledger would not add up; the id in their accounts leads nowhere any more.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.rewards.ledger.models import Balance, Claim, Hold, Lot, LotUse


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's account, holds and lots; claims stay without rider, because merged ones may follow them."""
    session.execute(update(Claim).where(Claim.rider_id == rider_id).values(rider_id=None))
    session.execute(delete(Hold).where(Hold.rider_id == rider_id))
    lots = select(Lot.id).where(Lot.rider_id == rider_id)
    session.execute(delete(LotUse).where(LotUse.lot_id.in_(lots)))
    session.execute(delete(Lot).where(Lot.rider_id == rider_id))
    session.execute(delete(Balance).where(Balance.rider_id == rider_id))
