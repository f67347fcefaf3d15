"""What redemptions do about other services' events: keep which partners may redeem."""

from sqlalchemy.orm import Session

from services.rewards.redemptions import store
from shared.events.registration import PartnerChangedV1
from shared.messaging import Handlers, each


def keep_partner(session: Session, event: PartnerChangedV1) -> None:
    """Keep what a partner offers, and whether it takes part."""
    store.keep_partner(session, event.partner_id, event.subdistrict, kind=event.kind, active=event.active)


HANDLERS: Handlers = {PartnerChangedV1: each(keep_partner)}
