"""Appointing staff and ending appointments."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from services.registration.identity import store as identity
from services.registration.identity.models import Invitation
from services.registration.identity.rules import Kind
from services.registration.places.terms import ensure_subdistrict
from services.registration.staff import problems, rules, store
from services.registration.staff.models import Appointment, StaffMember
from services.registration.staff.schemas import Office, StaffDraft
from shared.auth import Principal, Role, authorize
from shared.clock import SHANGHAI, end_of_local_day, local_day
from shared.events.envelope import DISTRICT
from shared.events.registration import PersonInvitedV1, StaffAppointedV1, StaffEndedV1
from shared.messaging import cancel, emit, new_id, now, schedule

APPOINTERS = frozenset({Role.ADMINISTRATOR, Role.DISTRICT_STAFF})
END_APPOINTMENT = "end-appointment"
OPERATOR = Principal("console", Role.OPERATOR)
"""Whoever uses the command line, as invitations name who invited."""


def add_staff(session: Session, principal: Principal, draft: StaffDraft) -> str:
    """Make a person with an office and a login, and invite the person to choose a password; return the person's id."""
    _ensure_may_appoint(principal, draft.role)
    staff_id = add_member(session, draft.login)
    add_appointment(session, staff_id, draft)
    _invite(session, principal, staff_id)
    return staff_id


def appoint(session: Session, principal: Principal, staff_id: str, office: Office) -> str:
    """Give a person whose office has ended another one; return the person's id."""
    _ensure_may_appoint(principal, office.role)
    store.lock_member(session, staff_id)
    standing = store.find_standing(session, staff_id)
    if standing is not None:
        raise problems.ALREADY_APPOINTED(role=standing.role, subdistrict=standing.subdistrict)
    add_appointment(session, staff_id, office)
    return staff_id


def invite_again(session: Session, principal: Principal, staff_id: str) -> str:
    """Invite a person anew, who lost the invitation, the password or the authenticator; return the person's id.

    What the person signed in with until now goes on to hold until the invitation is accepted.
    """
    _lock_appointed(session, principal, staff_id)
    _invite(session, principal, staff_id)
    return staff_id


def end_appointment(session: Session, principal: Principal, staff_id: str) -> str:
    """End a person's office: no token is given out any more. Return the person's id."""
    _end(session, _lock_appointed(session, principal, staff_id))
    return staff_id


def end_by_operator(session: Session, login: str, *, even_last: bool) -> str:
    """End the office of whoever has a login, an administrator too, from the command line only; return the person's id.

    Raises LOGIN_UNKNOWN, NOT_APPOINTED, and LAST_ADMINISTRATOR unless even that one is to go.
    """
    administrators = store.lock_administrators(session)
    standing = _lock_standing(session, _get_person(session, login))
    others = [one for one in administrators if one.staff_id != standing.staff_id]
    if standing.role == Role.ADMINISTRATOR and not others and not even_last:
        raise problems.LAST_ADMINISTRATOR(login=login)
    _end(session, standing)
    return standing.staff_id


def invite_again_by_operator(session: Session, login: str) -> str:
    """Invite whoever has a login anew, an administrator too, from the command line only; return the invitation's id.

    Raises LOGIN_UNKNOWN and NOT_APPOINTED.
    """
    standing = _lock_standing(session, _get_person(session, login))
    return _invite(session, OPERATOR, standing.staff_id).id


def end_expired_appointment(session: Session, appointment_id: str) -> None:
    """End an office whose last day is over."""
    appointment = store.lock_appointment(session, appointment_id)
    if appointment is not None and appointment.ended_at is None:
        _end(session, appointment)


def add_member(session: Session, login: str) -> str:
    """Make a person with a login; raises LOGIN_TAKEN."""
    member = store.add_member(session, StaffMember(id=new_id(session, "staff"), added_at=now(session)))
    identity.open_credential(session, member.id, Kind.STAFF, login)
    return member.id


def add_appointment(session: Session, staff_id: str, office: Office) -> Appointment:
    """Give a person an office from its first day on; it ends by itself after its last."""
    today = local_day(now(session))
    starts_on = office.starts_on or today
    if not rules.fits_place(office.role, of_district=office.subdistrict == DISTRICT):
        raise problems.PLACE_UNFIT(role=office.role.value, subdistrict=office.subdistrict)
    if office.subdistrict != DISTRICT:
        ensure_subdistrict(office.subdistrict)
    if office.ends_on is not None and office.ends_on < max(starts_on, today):
        raise problems.DATES_REVERSED(starts_on=starts_on, ends_on=office.ends_on)

    appointment = Appointment(
        id=new_id(session, "appointment"),
        staff_id=staff_id,
        role=office.role.value,
        subdistrict=office.subdistrict,
        starts_on=starts_on,
        ends_on=office.ends_on,
    )
    store.add_appointment(session, appointment)
    _schedule_end(session, appointment)
    told = StaffAppointedV1(
        subdistrict=appointment.subdistrict,
        staff_id=staff_id,
        appointment_id=appointment.id,
        role=appointment.role,
        starts_on=appointment.starts_on,
        ends_on=appointment.ends_on,
    )
    emit(session, told)
    return appointment


def find_login(session: Session, staff_id: str) -> str | None:
    """Return the login of a person."""
    return identity.find_login(session, staff_id)


def find_invitation(session: Session, staff_id: str) -> Invitation | None:
    """Return the invitation that a person has not accepted yet."""
    return identity.find_newest_invitation(session, staff_id)


def _end(session: Session, appointment: Appointment) -> None:
    appointment.ended_at = now(session)
    identity.revoke_tokens(session, appointment.staff_id)
    identity.revoke_invitations(session, appointment.staff_id)
    cancel(session, END_APPOINTMENT, appointment.id)
    told = StaffEndedV1(
        subdistrict=appointment.subdistrict,
        staff_id=appointment.staff_id,
        appointment_id=appointment.id,
        role=appointment.role,
    )
    emit(session, told)


def _schedule_end(session: Session, appointment: Appointment) -> None:
    if appointment.ends_on is not None:
        last_noon = datetime.combine(appointment.ends_on, time(12), SHANGHAI)
        schedule(session, END_APPOINTMENT, appointment.id, end_of_local_day(last_noon))


def _lock_appointed(session: Session, principal: Principal, staff_id: str) -> Appointment:
    authorize(principal, APPOINTERS)
    standing = _lock_standing(session, staff_id)
    _ensure_may_appoint(principal, Role(standing.role))
    return standing


def _lock_standing(session: Session, staff_id: str) -> Appointment:
    store.lock_member(session, staff_id)
    standing = store.find_standing(session, staff_id)
    if standing is None:
        raise problems.NOT_APPOINTED(staff_id=staff_id)
    return standing


def _get_person(session: Session, login: str) -> str:
    credential = identity.find_credential(session, login)
    if credential is None or credential.kind != Kind.STAFF:
        raise problems.LOGIN_UNKNOWN(login=login)
    return credential.person_id


def _ensure_may_appoint(principal: Principal, role: Role) -> None:
    authorize(principal, APPOINTERS)
    if not rules.may_appoint(principal.role, role):
        raise problems.MAY_NOT_APPOINT(role=role.value)


def _invite(session: Session, principal: Principal, person_id: str) -> Invitation:
    invitation = identity.open_invitation(session, person_id, principal.actor)
    emit(session, PersonInvitedV1(subdistrict=principal.subdistrict or DISTRICT, person_id=person_id))
    return invitation
