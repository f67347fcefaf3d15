"""Every query on riders, consents and appointments."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.people.models import Appointment, Consent, Rider
from services.governance.people.rules import Office
from shared.auth import Principal
from shared.db.upsert import upsert
from shared.events.envelope import DISTRICT


def keep_rider(session: Session, rider_id: str, subdistrict: str) -> None:
    """Keep where a rider belongs."""
    upsert(session, Rider.table(), [{"id": rider_id, "subdistrict": subdistrict}])


def find_home(session: Session, rider_id: str) -> str | None:
    """Return the sub-district of a rider that registration told us of."""
    return session.scalar(select(Rider.subdistrict).where(Rider.id == rider_id))


def keep_consent(session: Session, rider_id: str, purpose: str, *, granted: bool) -> None:
    """Keep whether a rider consents to a purpose."""
    upsert(session, Consent.table(), [{"rider_id": rider_id, "purpose": purpose, "granted": granted}])


def has_declined(session: Session, rider_id: str, purpose: str) -> bool:
    """Tell whether a rider is known not to consent to a purpose."""
    granted = select(Consent.granted).where(Consent.rider_id == rider_id, Consent.purpose == purpose)
    return session.scalar(granted) is False


def keep_appointment(session: Session, appointment: Appointment) -> None:
    """Keep an appointment as it is now."""
    names = ("id", "staff_id", "role", "subdistrict", "ends_on", "ended")
    upsert(session, Appointment.table(), [{name: getattr(appointment, name) for name in names}])


def find_last_day(session: Session, appointment_id: str) -> date | None:
    """Return the last day that an appointment was made for, None where it has none or is not known."""
    return session.scalar(select(Appointment.ends_on).where(Appointment.id == appointment_id))


def list_offices(session: Session, staff: Principal) -> list[Office]:
    """Return the appointments of somebody to the office that the token names."""
    wanted = select(Appointment.ends_on, Appointment.ended).where(
        Appointment.staff_id == staff.id,
        Appointment.role == staff.role.value,
        Appointment.subdistrict == (staff.subdistrict or DISTRICT),
    )
    return [Office(row.ends_on, row.ended) for row in session.execute(wanted)]
