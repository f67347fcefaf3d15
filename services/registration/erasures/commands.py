"""Erasing a rider: here at once, everywhere else by the event."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.registration.codes import store as codes
from services.registration.consents import personal as consents
from services.registration.erasures import rules, store
from services.registration.erasures.models import Erasure
from services.registration.identity import personal as identity
from services.registration.ports import Ports
from services.registration.registrations import personal as registrations
from services.registration.riders import personal as details
from services.registration.riders import store as riders
from shared.auth import Principal, Role, authorize
from shared.errors import NOT_FOUND
from shared.events.registration import RiderErasedV1
from shared.messaging import emit, now, schedule
from shared.messaging.erasing import bury
from shared.messaging.history import first_of_subject

FORGET_REST = "forget-resting-phone"
ERASERS = frozenset({Role.RIDER, Role.DATA_OFFICER})


def erase_rider(session: Session, ports: Ports, principal: Principal, rider_id: str) -> str:
    """Forget a rider here and tell every service to; asked by the rider or the data officer. Return the rider's id.

    Asked again it changes nothing. The phone may sign up again as a new rider once it has rested.
    """
    authorize(principal, ERASERS, owner=rider_id, hidden=NOT_FOUND(kind="rider", id=rider_id))
    erasure = store.find_erasure(session, rider_id)
    if erasure is None:
        rider = riders.lock_rider(session, rider_id)
        _forget_messages(session, ports, rider_id)
        erasure = _open(session, ports, rider_id, rider.subdistrict)
    _carry_out(session, erasure)
    return rider_id


def erase_again(session: Session, ports: Ports, rider_id: str) -> bool:
    """Carry out an erasure of which a store that was put back to an older copy does not know; tell whether it did.

    The log tells of it, or the rider's key is destroyed and the rider still here; the event is the same as before.
    """
    rider = riders.find_rider(session, rider_id)
    if rider is not None:
        subdistrict = rider.subdistrict
    else:
        try:
            subdistrict = first_of_subject(session, rider_id, RiderErasedV1).subdistrict
        except LookupError:
            return False
    _carry_out(session, _open(session, ports, rider_id, subdistrict))
    return True


def _open(session: Session, ports: Ports, rider_id: str, subdistrict: str) -> Erasure:
    """Keep that a rider is erased; the phone, where it is known here, rests from now on."""
    erasure = Erasure(rider_id=rider_id, subdistrict=subdistrict, erased_at=now(session))
    store.open_erasure(session, erasure, ports.receipts_from)
    rider = riders.find_rider(session, rider_id)
    if rider is not None:
        _rest(session, rider.phone_digest, erasure.erased_at)
    return erasure


def _forget_messages(session: Session, ports: Ports, rider_id: str) -> None:
    known = details.find_details(session, rider_id)
    if known is not None:
        ports.sms.forget(known.phone)


def _carry_out(session: Session, erasure: Erasure) -> None:
    erase(session, erasure.rider_id)
    told = RiderErasedV1(subdistrict=erasure.subdistrict, rider_id=erasure.rider_id)
    emit(session, told, once="erasure", at=erasure.erased_at)
    bury(session, erasure.rider_id)


def _rest(session: Session, phone_digest: str, erased_at: datetime) -> None:
    """Let the phone rest: whoever signs up anew the same day begins no new count of what is limited by day."""
    free_from = rules.free_from(erased_at)
    store.rest_phone(session, phone_digest, free_from)
    schedule(session, FORGET_REST, phone_digest, free_from)


def erase(session: Session, rider_id: str) -> None:
    """Delete what registration keeps of a rider: the rider, details, consents, registrations, tokens and codes."""
    rider = riders.find_rider(session, rider_id)
    if rider is not None:
        codes.forget_phone(session, rider.phone_digest)
    identity.erase(session, rider_id)
    consents.erase(session, rider_id)
    registrations.erase(session, rider_id)
    details.erase(session, rider_id)
