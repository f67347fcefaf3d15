"""What is personal in identity: a rider's refresh tokens (tables `token_family` and `refresh_token`)."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.identity.models import RefreshToken, TokenFamily


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's refresh tokens: none counts any more."""
    families = select(TokenFamily.id).where(TokenFamily.person_id == rider_id)
    session.execute(delete(RefreshToken).where(RefreshToken.family_id.in_(families)))
    session.execute(delete(TokenFamily).where(TokenFamily.person_id == rider_id))
