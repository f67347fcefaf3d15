"""What is personal about people: where a rider belongs and consents to (tables `rider`, `consent`)."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.governance.people.models import Consent, Rider


def erase(session: Session, rider_id: str) -> None:
    """Delete where the rider belongs and what the rider consented to."""
    session.execute(delete(Consent).where(Consent.rider_id == rider_id))
    session.execute(delete(Rider).where(Rider.id == rider_id))
