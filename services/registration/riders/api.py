"""Routes of riders who are registered."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.ports import ports_of
from services.registration.riders import commands, personal, store
from services.registration.riders.models import Rider
from services.registration.riders.personal import Details
from services.registration.riders.rules import masked_email, masked_name, masked_phone
from services.registration.riders.schemas import (
    ChangedView,
    Move,
    MovedView,
    NameView,
    OwnRiderView,
    PhoneView,
    RiderChange,
    RiderView,
)
from services.registration.schemas import Id
from shared.auth import STAFF, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.web import Call, Caller, Cursor, Page, ServiceCaller, page_of

PhoneReader = Annotated[Call, ServiceCaller("rider.phone:read")]
NameReader = Annotated[Call, ServiceCaller("rider.name:read")]
READERS = STAFF | {Role.RIDER, Role.DATA_OFFICER}
router = APIRouter(tags=["riders"])


@router.get("/riders")
def list_riders(call: Caller, cursor: Cursor) -> Page[RiderView]:
    """List the riders of the own sub-district (staff), personal values masked."""
    authorize(call.principal, STAFF)
    wanted = store.list_riders(scope_of(call.principal))
    return call.read(
        lambda session: page_of(session, wanted, key=Rider.id, cursor=cursor, view=lambda rider: _view(session, rider))
    )


@router.get("/riders/me")
def show_self(call: Caller) -> OwnRiderView:
    """Show the rider's own record, personal values masked."""
    authorize(call.principal, {Role.RIDER})

    def query(session: Session) -> OwnRiderView:
        rider = store.get_rider(session, call.principal.id)
        muted = list(store.list_muted(session, rider.id))
        return OwnRiderView(**_view(session, rider).model_dump(), muted=muted)

    return call.read(query)


@router.patch("/riders/me", response_model=ChangedView)
def change_self(change: RiderChange, call: Caller) -> Response:
    """Change language, muted notices, name or email (rider); a masked value sent back keeps the real one."""
    return call.act(
        lambda session: commands.change_details(session, call.principal, change, ports_of(call)), _show_changed
    )


@router.get("/riders/{rider_id}")
def show_rider(rider_id: Id, call: Caller) -> RiderView:
    """Show a rider to the sub-district's staff, personal values masked; anybody else finds nothing."""

    def query(session: Session) -> RiderView:
        rider = store.get_rider(session, rider_id)
        hidden = NOT_FOUND(kind="rider", id=rider_id)
        authorize(call.principal, READERS, subdistrict=rider.subdistrict, owner=rider.id, hidden=hidden)
        return _view(session, rider)

    return call.read(query)


@router.post("/riders/{rider_id}/moves", status_code=201, response_model=MovedView)
def move_rider(rider_id: Id, move: Move, call: Caller) -> Response:
    """Let a rider belong to another sub-district (the rider, or staff of the present one)."""
    return call.once(
        lambda session: commands.move_rider(session, call.principal, rider_id, move, ports_of(call)), _show_moved
    )


@router.get("/riders/{rider_id}/phone")
def show_phone(rider_id: Id, call: PhoneReader) -> PhoneView:
    """Tell a rider's phone to the service that sends a message."""
    return PhoneView(rider_id=rider_id, phone=call.read(lambda session: _get_details(session, rider_id)).phone)


@router.get("/riders/{rider_id}/name")
def show_name(rider_id: Id, call: NameReader) -> NameView:
    """Tell a rider's name to the service that writes a certificate."""
    return NameView(rider_id=rider_id, name=call.read(lambda session: _get_details(session, rider_id)).name)


def _get_details(session: Session, rider_id: str) -> Details:
    details = personal.find_details(session, rider_id)
    if details is None:
        raise NOT_FOUND(kind="rider", id=rider_id)
    return details


def _show_changed(session: Session, rider_id: str) -> ChangedView:
    rider = store.get_rider(session, rider_id)
    return ChangedView(rider_id=rider.id, language=rider.language, muted=list(store.list_muted(session, rider.id)))


def _show_moved(session: Session, rider_id: str) -> MovedView:
    return MovedView(rider_id=rider_id, subdistrict=store.get_rider(session, rider_id).subdistrict)


def _view(session: Session, rider: Rider) -> RiderView:
    details = personal.find_details(session, rider.id)
    return RiderView(
        id=rider.id,
        subdistrict=rider.subdistrict,
        platform=rider.platform,
        language=rider.language,
        registered_at=rider.registered_at,
        phone_proved=rider.phone_proved_at is not None,
        phone=None if details is None else masked_phone(details.phone),
        name=None if details is None or details.name is None else masked_name(details.name),
        email=None if details is None or details.email is None else masked_email(details.email),
    )
