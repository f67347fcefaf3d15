"""What staff may ask about offers: district staff anywhere, a sub-district's staff for their own."""

from sqlalchemy.orm import Session

from services.rewards.offers import problems, rules, store
from services.rewards.offers.models import Offer
from services.rewards.offers.schemas import OfferChange, OfferDraft
from shared.auth import STAFF, Principal, authorize, scope_of
from shared.db.changes import give
from shared.events.envelope import DISTRICT
from shared.events.rewards import OfferChangedV1
from shared.messaging import emit, new_id, now


def add_offer(session: Session, principal: Principal, draft: OfferDraft) -> str:
    """Put an offer into the catalogue, for riders of any sub-district; return its id."""
    authorize(principal, STAFF)
    rule = rules.kind_rule(draft.kind, now(session))
    if rule is None:
        raise problems.KIND_UNKNOWN(offer_kind=draft.kind, kinds=rules.kinds())
    scope = scope_of(principal)
    offer = Offer(
        id=new_id(session, "offer"),
        subdistrict=DISTRICT if scope is None else scope,
        kind=draft.kind,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        points=draft.points or rule.points,
        valid_days=draft.valid_days or rule.valid_days,
        active=True,
    )
    store.add_offer(session, offer)
    _tell_changed(session, offer)
    return offer.id


def change_offer(session: Session, principal: Principal, offer_id: str, change: OfferChange) -> str:
    """Change an offer; vouchers that are out keep what they were taken for."""
    offer = store.lock_offer(session, offer_id)
    authorize(principal, STAFF, subdistrict=offer.subdistrict)
    if give(offer, change.model_dump(exclude_none=True)):
        _tell_changed(session, offer)
    return offer_id


def _tell_changed(session: Session, offer: Offer) -> None:
    event = OfferChangedV1(
        subdistrict=offer.subdistrict,
        offer_id=offer.id,
        kind=offer.kind,
        title_zh=offer.title_zh,
        title_en=offer.title_en,
        points=offer.points,
        active=offer.active,
    )
    emit(session, event)
