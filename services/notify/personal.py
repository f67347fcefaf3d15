"""What is personal in notify: what a person was told of, and prefers. No name, address or text is kept at all."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notify.models import Delivery, Mute, Notice, NoticeParameter, Preference


def erase(session: Session, rider_id: str) -> None:
    """Delete a rider's notices and preferences."""
    notices = select(Notice.id).where(Notice.person_id == rider_id)
    for table in (Delivery, NoticeParameter):
        session.execute(delete(table).where(table.notice_id.in_(notices)))
    for owned in (Notice, Mute, Preference):
        session.execute(delete(owned).where(owned.person_id == rider_id))
