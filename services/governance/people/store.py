"""Every query on riders and consents."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.people.models import Consent, Rider
from shared.db.upsert import upsert


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
