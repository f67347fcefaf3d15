"""Every query on erasures."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.registration.erasures.models import Erasure, ErasureReceipt, RestingPhone
from services.registration.models import table_of
from shared.db.upsert import insert_new, upsert
from shared.errors import NOT_FOUND


def open_erasure(session: Session, erasure: Erasure, receipts_from: Iterable[str]) -> None:
    """Keep that a rider was erased, and whose receipts are waited for."""
    session.add(erasure)
    for service in receipts_from:
        _open_receipt(session, erasure.rider_id, service)


def find_erasure(session: Session, rider_id: str) -> Erasure | None:
    """Return a rider's erasure."""
    return session.get(Erasure, rider_id)


def get_erasure(session: Session, rider_id: str) -> Erasure:
    """Return a rider's erasure; raises NOT_FOUND."""
    erasure = find_erasure(session, rider_id)
    if erasure is None:
        raise NOT_FOUND(kind="erasure", id=rider_id)
    return erasure


def rest_phone(session: Session, digest: str, free_from: datetime) -> None:
    """Keep that a phone rests."""
    upsert(session, table_of(RestingPhone), [{"digest": digest, "free_from": free_from}])


def find_rest(session: Session, digest: str) -> datetime | None:
    """Return until when a phone rests."""
    resting = session.get(RestingPhone, digest)
    return None if resting is None else resting.free_from


def forget_rest(session: Session, digest: str) -> None:
    """Forget that a phone rested."""
    session.execute(delete(RestingPhone).where(RestingPhone.digest == digest))


def keep_receipt(session: Session, rider_id: str, service: str, moment: datetime) -> None:
    """Keep when a service answered, the first time that it did."""
    _open_receipt(session, rider_id, service)
    waited = update(ErasureReceipt).where(ErasureReceipt.rider_id == rider_id, ErasureReceipt.service == service)
    session.execute(waited.where(ErasureReceipt.received_at.is_(None)).values(received_at=moment))


def list_receipts(session: Session, rider_id: str) -> Sequence[ErasureReceipt]:
    """Return a rider's receipts, those that are waited for too, by service."""
    wanted = select(ErasureReceipt).where(ErasureReceipt.rider_id == rider_id)
    return session.scalars(wanted.order_by(ErasureReceipt.service)).all()


def _open_receipt(session: Session, rider_id: str, service: str) -> None:
    row = {"rider_id": rider_id, "service": service}
    session.execute(insert_new(session, table_of(ErasureReceipt)), [row])
