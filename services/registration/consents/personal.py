"""What is personal in consents: whose they are (table `consent`)."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.registration.consents.models import Consent


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's consents and their history."""
    session.execute(delete(Consent).where(Consent.rider_id == rider_id))
