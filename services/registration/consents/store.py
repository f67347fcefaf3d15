"""Every query on consents."""

from collections.abc import Sequence

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from services.registration.consents.models import Consent


def add_consent(session: Session, consent: Consent) -> None:
    """Keep what a rider said; it stands in place of what the rider said of the purpose before."""
    earlier = update(Consent).where(Consent.rider_id == consent.rider_id, Consent.purpose == consent.purpose)
    session.execute(earlier.where(Consent.standing).values(standing=False))
    session.add(consent)
    session.flush()


def find_consent(session: Session, rider_id: str, purpose: str) -> Consent | None:
    """Return what stands for a rider and a purpose."""
    wanted = select(Consent).where(Consent.rider_id == rider_id, Consent.purpose == purpose, Consent.standing)
    return session.scalar(wanted)


def list_standing(session: Session, rider_id: str) -> Sequence[Consent]:
    """Return what stands for a rider, by purpose."""
    wanted = select(Consent).where(Consent.rider_id == rider_id, Consent.standing)
    return session.scalars(wanted.order_by(Consent.purpose)).all()


def list_history(rider_id: str) -> Select[Consent]:
    """Select everything that a rider ever said."""
    return select(Consent).where(Consent.rider_id == rider_id)
