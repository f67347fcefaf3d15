"""Every query on offers."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.rewards.offers.models import Offer
from shared.db.locks import locked
from shared.errors import NOT_FOUND
from shared.events.envelope import DISTRICT


def add_offer(session: Session, offer: Offer) -> None:
    """Keep an offer."""
    session.add(offer)
    session.flush()


def get_offer(session: Session, offer_id: str) -> Offer:
    """Return an offer; raises NOT_FOUND."""
    offer = session.get(Offer, offer_id)
    if offer is None:
        raise NOT_FOUND(kind="offer", id=offer_id)
    return offer


def lock_offer(session: Session, offer_id: str) -> Offer:
    """Return an offer that nobody else changes until the transaction ends; raises NOT_FOUND."""
    offer = session.scalar(locked(select(Offer).where(Offer.id == offer_id)))
    if offer is None:
        raise NOT_FOUND(kind="offer", id=offer_id)
    return offer


def list_offers(*, active_only: bool) -> Select[Offer]:
    """Select the offers of all sub-districts."""
    return select(Offer).where(Offer.active) if active_only else select(Offer)


def list_offers_for(home: str | None) -> Select[Offer]:
    """Select the active offers that riders of a sub-district may take: its own, and the district's."""
    return list_offers(active_only=True).where(Offer.subdistrict.in_(sorted({DISTRICT, home or DISTRICT})))
