"""What courses do about other services' events: keep where riders belong."""

from sqlalchemy.orm import Session

from services.training.courses import store
from shared.events.registration import RiderMovedV1, RiderRegisteredV1
from shared.messaging import Handlers, each, is_erased


def keep_registered_rider(session: Session, event: RiderRegisteredV1) -> None:
    """Keep the sub-district in which a rider signed up."""
    if not is_erased(session, event.rider_id):
        store.keep_rider(session, event.rider_id, event.subdistrict)


def keep_moved_rider(session: Session, event: RiderMovedV1) -> None:
    """Keep the sub-district to which a rider moved; orders and classes stay where they are."""
    if not is_erased(session, event.rider_id):
        store.keep_rider(session, event.rider_id, event.subdistrict)


HANDLERS: Handlers = {
    RiderRegisteredV1: each(keep_registered_rider),
    RiderMovedV1: each(keep_moved_rider),
}
