"""Routes of staff and appointments."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.issuing import with_invitation
from services.registration.ports import ports_of
from services.registration.schemas import Id
from services.registration.staff import commands, store
from services.registration.staff.models import Appointment
from services.registration.staff.schemas import InvitedStaffView, Office, StaffDraft, StaffView
from shared.auth import STAFF, authorize, scope_of
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["staff"])


@router.get("/staff")
def list_staff(call: Caller, cursor: Cursor) -> Page[StaffView]:
    """List the appointments of the own sub-district, or of all of them for who serves the district."""
    authorize(call.principal, STAFF)
    wanted = store.list_appointments(scope_of(call.principal))
    return call.read(
        lambda session: page_of(
            session, wanted, key=Appointment.id, cursor=cursor, view=lambda row: _view(session, row)
        )
    )


@router.post("/staff", status_code=201, response_model=InvitedStaffView)
def add_staff(draft: StaffDraft, call: Caller) -> Response:
    """Make a member of staff with an office, and invite the person (administrator, district staff)."""
    answer = call.once(lambda session: commands.add_staff(session, call.principal, draft), _show_invited)
    return with_invitation(answer, ports_of(call))


@router.post("/staff/{staff_id}/invitations", status_code=201, response_model=InvitedStaffView)
def invite_staff_again(staff_id: Id, call: Caller) -> Response:
    """Invite a person anew who lost invitation, password or authenticator."""
    answer = call.once(lambda session: commands.invite_again(session, call.principal, staff_id), _show_invited)
    return with_invitation(answer, ports_of(call))


@router.post("/staff/{staff_id}/appointments", status_code=201, response_model=StaffView)
def appoint(staff_id: Id, office: Office, call: Caller) -> Response:
    """Give another office to a person whose last one has ended."""
    return call.once(lambda session: commands.appoint(session, call.principal, staff_id, office), _show_newest)


@router.post("/staff/{staff_id}/endings", status_code=201, response_model=StaffView)
def end_appointment(staff_id: Id, call: Caller) -> Response:
    """End a person's office: the person can sign in no more."""
    return call.once(lambda session: commands.end_appointment(session, call.principal, staff_id), _show_newest)


def _show_newest(session: Session, staff_id: str) -> StaffView:
    return _view(session, store.get_newest(session, staff_id))


def _show_invited(session: Session, staff_id: str) -> InvitedStaffView:
    invitation = commands.find_invitation(session, staff_id)
    return InvitedStaffView(
        id=staff_id,
        appointment_id=store.get_newest(session, staff_id).id,
        invitation_id=None if invitation is None else invitation.id,
        expires_at=None if invitation is None else invitation.expires_at,
    )


def _view(session: Session, appointment: Appointment) -> StaffView:
    return StaffView(
        id=appointment.staff_id,
        appointment_id=appointment.id,
        role=appointment.role,
        subdistrict=appointment.subdistrict,
        starts_on=appointment.starts_on,
        ends_on=appointment.ends_on,
        ended_at=appointment.ended_at,
        login=commands.find_login(session, appointment.staff_id),
    )
