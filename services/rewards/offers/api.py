"""Routes of offers."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.rewards.offers import commands, store
from services.rewards.offers.models import Offer
from services.rewards.offers.schemas import OfferChange, OfferDraft, OfferView
from services.rewards.schemas import Id
from shared.auth import STAFF, Role
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["offers"])


@router.get("/offers")
def list_offers(call: Caller, cursor: Cursor) -> Page[OfferView]:
    """List offers, newest first: to riders those that they may take, to others all, to staff closed ones too."""
    who = call.principal
    if who.role is Role.RIDER:
        wanted = store.list_offers_for(who.subdistrict)
    else:
        wanted = store.list_offers(active_only=who.role not in STAFF)
    return call.read(lambda session: page_of(session, wanted, key=Offer.id, cursor=cursor, view=_view))


@router.post("/offers", status_code=201, response_model=OfferView)
def add_offer(draft: OfferDraft, call: Caller) -> Response:
    """Make an offer (staff)."""
    return call.once(lambda session: commands.add_offer(session, call.principal, draft), _show)


@router.patch("/offers/{offer_id}", response_model=OfferView)
def change_offer(offer_id: Id, change: OfferChange, call: Caller) -> Response:
    """Change, close or reopen an offer (staff, sub-district staff their own), or open it to all riders (district)."""
    return call.act(lambda session: commands.change_offer(session, call.principal, offer_id, change), _show)


def _show(session: Session, offer_id: str) -> OfferView:
    return _view(store.get_offer(session, offer_id))


def _view(offer: Offer) -> OfferView:
    return OfferView.model_validate(offer)
