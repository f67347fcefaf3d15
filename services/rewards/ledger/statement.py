"""What a rider's accounts came to at any moment, and the entries that led there."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.rewards.ledger.chart import RIDER_PARTS, of_rider, rider_of_key
from services.rewards.ledger.models import Entry, Posting


def sums_as_of(session: Session, rider_id: str, moment: datetime) -> dict[str, int]:
    """Return what each of a rider's accounts held at a moment."""
    accounts = {of_rider(rider_id, part): part for part in RIDER_PARTS}
    sums = (
        select(Posting.account, func.sum(Posting.points).label("points"))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Posting.account.in_(accounts), Entry.time <= moment)
        .group_by(Posting.account)
    )
    found = {accounts[row.account]: row.points for row in session.execute(sums)}
    return {part: found.get(part, 0) for part in RIDER_PARTS}


def list_entries(rider_id: str, moment: datetime) -> Select[Entry]:
    """Select the entries on a rider's accounts up to a moment."""
    accounts = [of_rider(rider_id, part) for part in RIDER_PARTS]
    touched = select(Posting.entry_id).where(Posting.account.in_(accounts))
    return select(Entry).where(Entry.id.in_(touched), Entry.time <= moment)


def changes_of(session: Session, entry: Entry) -> dict[str, int]:
    """Return what an entry changed in its rider's accounts."""
    accounts = {of_rider(rider_of_key(entry.key), part): part for part in RIDER_PARTS}
    lines = select(Posting).where(Posting.account.in_(accounts), Posting.entry_id == entry.id)
    changes = {accounts[posting.account]: posting.points for posting in session.scalars(lines)}
    return {part: changes.get(part, 0) for part in RIDER_PARTS}
