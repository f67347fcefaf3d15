"""What is personal in classes: whose place it is."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.training.classes.models import Enrolment


def erase(session: Session, rider_id: str) -> None:
    """Let the rider's places stand without rider."""
    session.execute(update(Enrolment).where(Enrolment.rider_id == rider_id).values(rider_id=None))
