"""What is personal in identity: a rider's tokens and networks (`token_family`, `refresh_token`, `known_network`)."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.identity.models import KnownNetwork, RefreshToken, TokenFamily


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's refresh tokens, of which none counts any more, and the networks they were given to."""
    session.execute(delete(KnownNetwork).where(KnownNetwork.person_id == rider_id))
    families = select(TokenFamily.id).where(TokenFamily.person_id == rider_id)
    session.execute(delete(RefreshToken).where(RefreshToken.family_id.in_(families)))
    session.execute(delete(TokenFamily).where(TokenFamily.person_id == rider_id))
