"""What is personal of riders: phone, name and email (table `rider_detail`), the digest of the phone, what is muted."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.registration.riders.models import MutedNotice, Rider, RiderDetail
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys


@dataclass(frozen=True)
class Details:
    """A rider's phone, name and email in clear."""

    phone: str
    name: str | None
    email: str | None


def keep_details(session: Session, rider_id: str, details: Details) -> None:
    """Keep a rider's details, sealed under the rider's key. Raises KeyDestroyedError for an erased rider."""
    row = session.get(RiderDetail, rider_id) or RiderDetail(rider_id=rider_id)
    row.phone = _seal(session, rider_id, "phone", details.phone)
    row.name = None if details.name is None else _seal(session, rider_id, "name", details.name)
    row.email = None if details.email is None else _seal(session, rider_id, "email", details.email)
    session.add(row)


def find_details(session: Session, rider_id: str) -> Details | None:
    """Return a rider's details, None for an erased or unknown rider."""
    row = session.get(RiderDetail, rider_id)
    if row is None:
        return None
    try:
        return Details(
            phone=_open(session, rider_id, "phone", row.phone),
            name=None if row.name is None else _open(session, rider_id, "name", row.name),
            email=None if row.email is None else _open(session, rider_id, "email", row.email),
        )
    except KeyDestroyedError:
        return None


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider: details, what is muted, and the row by which the phone is found."""
    session.execute(delete(RiderDetail).where(RiderDetail.rider_id == rider_id))
    session.execute(delete(MutedNotice).where(MutedNotice.rider_id == rider_id))
    session.execute(delete(Rider).where(Rider.id == rider_id))


def _seal(session: Session, rider_id: str, column: str, text: str) -> bytes:
    return keys(session).seal_text(rider_id, f"rider_detail.{column}/{rider_id}", text)


def _open(session: Session, rider_id: str, column: str, sealed: bytes) -> str:
    return keys(session).open_text(rider_id, f"rider_detail.{column}/{rider_id}", sealed)
