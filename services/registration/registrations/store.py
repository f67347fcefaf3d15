"""Every query on registrations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.registrations.models import Registration
from shared.auth import Role
from shared.errors import NOT_FOUND


def add_registration(session: Session, registration: Registration) -> Registration:
    """Keep a registration."""
    session.add(registration)
    session.flush()
    return registration


def get_registration(session: Session, registration_id: str) -> Registration:
    """Return a registration; raises NOT_FOUND, for one of an erased rider too."""
    registration = session.get(Registration, registration_id)
    if registration is None:
        raise NOT_FOUND(kind="registration", id=registration_id)
    return registration


def has_signed_up(session: Session, rider_id: str) -> bool:
    """Tell whether the rider ever signed up in person."""
    wanted = select(Registration.id).where(Registration.rider_id == rider_id, Registration.through == Role.RIDER.value)
    return session.scalar(wanted.limit(1)) is not None
