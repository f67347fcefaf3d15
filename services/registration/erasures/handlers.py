"""What registration does about the receipts with which services answer an erasure."""

from sqlalchemy.orm import Session

from services.registration.erasures import store
from shared.events.erasure import RiderDataErasedV1
from shared.messaging import Handlers, each, now


def note_receipt(session: Session, event: RiderDataErasedV1) -> None:
    """Keep that a service holds nothing of the rider any more."""
    store.keep_receipt(session, event.rider_id, event.service, now(session))


HANDLERS: Handlers = {RiderDataErasedV1: each(note_receipt)}
