"""What is personal in registrations: whose they are (table `registration`)."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.registration.registrations.models import Registration


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's registrations."""
    session.execute(delete(Registration).where(Registration.rider_id == rider_id))
