"""Every query on staff and appointments."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registration.staff.models import Appointment, StaffMember
from shared.auth import Principal, Role
from shared.db.locks import locked
from shared.errors import NOT_FOUND
from shared.events.envelope import DISTRICT
from shared.offices import Office


def add_member(session: Session, member: StaffMember) -> StaffMember:
    """Keep a person."""
    session.add(member)
    session.flush()
    return member


def lock_member(session: Session, staff_id: str) -> StaffMember:
    """Return a person whom nobody else changes until the transaction ends; raises NOT_FOUND."""
    member = session.scalar(locked(select(StaffMember).where(StaffMember.id == staff_id)))
    if member is None:
        raise NOT_FOUND(kind="staff", id=staff_id)
    return member


def lock_administrators(session: Session) -> list[Appointment]:
    """Return the appointments of administrators that stand, of persons whom nobody else changes meanwhile."""
    standing = (Appointment.role == Role.ADMINISTRATOR, Appointment.ended_at.is_(None))
    persons = select(Appointment.staff_id).where(*standing)
    session.execute(locked(select(StaffMember.id).where(StaffMember.id.in_(persons)).order_by(StaffMember.id))).all()
    return list(session.scalars(select(Appointment).where(*standing).order_by(Appointment.id)))


def add_appointment(session: Session, appointment: Appointment) -> Appointment:
    """Keep an appointment; the database refuses a second one that stands."""
    session.add(appointment)
    session.flush()
    return appointment


def find_standing(session: Session, staff_id: str) -> Appointment | None:
    """Return a person's appointment that nobody has ended."""
    return session.scalar(select(Appointment).where(Appointment.staff_id == staff_id, Appointment.ended_at.is_(None)))


def lock_appointment(session: Session, appointment_id: str) -> Appointment | None:
    """Return an appointment as it stands now, of a person whom nobody else changes until the transaction ends."""
    found = session.get(Appointment, appointment_id)
    if found is not None:
        lock_member(session, found.staff_id)
        session.refresh(found)
    return found


def get_newest(session: Session, staff_id: str) -> Appointment:
    """Return a person's newest appointment, ended or not; raises NOT_FOUND."""
    wanted = select(Appointment).where(Appointment.staff_id == staff_id)
    newest = session.scalar(wanted.order_by(Appointment.ended_at.is_(None).desc(), Appointment.id.desc()).limit(1))
    if newest is None:
        raise NOT_FOUND(kind="staff", id=staff_id)
    return newest


def list_offices(session: Session, staff: Principal) -> list[Office]:
    """Return the appointments of somebody to the office that the token names."""
    wanted = select(Appointment.ends_on, Appointment.ended_at).where(
        Appointment.staff_id == staff.id,
        Appointment.role == staff.role.value,
        Appointment.subdistrict == (staff.subdistrict or DISTRICT),
    )
    return [Office(row.ends_on, ended=row.ended_at is not None) for row in session.execute(wanted)]


def list_appointments(subdistrict: str | None) -> Select[Appointment]:
    """Select the appointments of a sub-district (None: all)."""
    wanted = select(Appointment)
    return wanted if subdistrict is None else wanted.where(Appointment.subdistrict == subdistrict)
