"""What is personal about people: where a rider belongs (table `rider`)."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.governance.people.models import Rider


def erase(session: Session, rider_id: str) -> None:
    """Delete where the rider belongs."""
    session.execute(delete(Rider).where(Rider.id == rider_id))
