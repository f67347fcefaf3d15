"""What governance does about other services' events: keep where riders belong, and their consents."""

from sqlalchemy.orm import Session

from services.governance.people import store
from shared.events.registration import (
    ConsentChangedV1,
    RiderMovedV1,
    RiderRegisteredV1,
)
from shared.messaging import Handlers, each, is_erased


def keep_registered_rider(session: Session, event: RiderRegisteredV1) -> None:
    """Keep the sub-district in which a rider signed up."""
    if not is_erased(session, event.rider_id):
        store.keep_rider(session, event.rider_id, event.subdistrict)


def keep_moved_rider(session: Session, event: RiderMovedV1) -> None:
    """Keep the sub-district to which a rider moved; reports stay with the sub-district of their community."""
    if not is_erased(session, event.rider_id):
        store.keep_rider(session, event.rider_id, event.subdistrict)


def keep_consent(session: Session, event: ConsentChangedV1) -> None:
    """Keep whether a rider consents to a purpose: photos and exact places are taken from nobody who declined."""
    if not is_erased(session, event.rider_id):
        store.keep_consent(session, event.rider_id, event.purpose, granted=event.granted)


HANDLERS: Handlers = {
    RiderRegisteredV1: each(keep_registered_rider),
    RiderMovedV1: each(keep_moved_rider),
    ConsentChangedV1: each(keep_consent),
}
