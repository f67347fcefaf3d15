"""What staff may ask about offers: district staff anywhere, a sub-district's staff for their own."""

from sqlalchemy.orm import Session

from services.rewards.offers import problems, rules, store
from services.rewards.offers.models import Offer
from services.rewards.offers.rules import KindRule
from services.rewards.offers.schemas import OfferChange, OfferDraft
from shared.auth import STAFF, Principal, authorize, scope_of
from shared.db.changes import give
from shared.events.envelope import DISTRICT
from shared.events.rewards import OfferChangedV1
from shared.messaging import emit, new_id, now


def add_offer(session: Session, principal: Principal, draft: OfferDraft) -> str:
    """Put an offer into the catalogue, for riders of the staff's own sub-district or of all; return its id."""
    authorize(principal, STAFF)
    rule = _rule_of(session, draft.kind)
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
    _refuse_underpriced(principal, rule, offer.points)
    store.add_offer(session, offer)
    _tell_changed(session, offer)
    return offer.id


def change_offer(session: Session, principal: Principal, offer_id: str, change: OfferChange) -> str:
    """Change an offer, or make it the district's (district staff); vouchers that are out keep their terms."""
    offer = store.lock_offer(session, offer_id)
    authorize(principal, STAFF, subdistrict=offer.subdistrict)
    wanted = change.model_dump(exclude_none=True, exclude={"district_wide"})
    if change.district_wide:
        authorize(principal, STAFF, subdistrict=DISTRICT)
        wanted["subdistrict"] = DISTRICT
    if change.points is not None:
        _refuse_underpriced(principal, _rule_of(session, offer.kind), change.points)

    if give(offer, wanted):
        _tell_changed(session, offer)
    return offer_id


def _rule_of(session: Session, kind: str) -> KindRule:
    rule = rules.kind_rule(kind, now(session))
    if rule is None:
        raise problems.KIND_UNKNOWN(offer_kind=kind, kinds=rules.kinds())
    return rule


def _refuse_underpriced(principal: Principal, rule: KindRule, points: int) -> None:
    if scope_of(principal) is not None and points < rule.points_min:
        raise problems.PRICE_TOO_LOW(offer_kind=rule.kind, points_min=rule.points_min)


def _tell_changed(session: Session, offer: Offer) -> None:
    event = OfferChangedV1(
        subdistrict=offer.subdistrict,
        offer_id=offer.id,
        kind=offer.kind,
        title_zh=offer.title_zh,
        title_en=offer.title_en,
        points=offer.points,
        active=offer.active,
        valid_days=offer.valid_days,
    )
    emit(session, event)
