"""What is personal in registrations: whose they are (table `registration`)."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.registrations.models import Registration
from shared.messaging.erasing import forget_requests


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's registrations, and what staff sent to make them: phone, name and email stood in it."""
    made = session.scalars(select(Registration.id).where(Registration.rider_id == rider_id))
    forget_requests(session, made)
    session.execute(delete(Registration).where(Registration.rider_id == rider_id))
