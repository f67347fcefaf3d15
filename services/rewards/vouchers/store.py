"""Every query on vouchers; a change of state is one conditional UPDATE, so that of two at once one wins."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from services.rewards.vouchers.models import Voucher
from shared.errors import NOT_FOUND


def add_voucher(session: Session, voucher: Voucher) -> None:
    """Keep a voucher."""
    session.add(voucher)
    session.flush()


def get_voucher(session: Session, voucher_id: str) -> Voucher:
    """Return a voucher as it stands now; raises NOT_FOUND."""
    voucher = find_voucher(session, voucher_id)
    if voucher is None:
        raise NOT_FOUND(kind="voucher", id=voucher_id)
    return voucher


def find_voucher(session: Session, voucher_id: str) -> Voucher | None:
    """Return a voucher as it stands now."""
    return session.get(Voucher, voucher_id, populate_existing=True)


def find_by_digest(session: Session, code_digest: str) -> Voucher | None:
    """Return the voucher whose code has the keyed digest."""
    return session.scalar(select(Voucher).where(Voucher.code_digest == code_digest))


def move(session: Session, voucher_id: str, step: tuple[str, str], **changes: datetime | str | int | None) -> bool:
    """Let a voucher go from one state to the next, with what else changes; False when it has left that state."""
    session.flush()
    here, there = step
    moved = update(Voucher).where(Voucher.id == voucher_id, Voucher.state == here).values(state=there, **changes)
    done = session.execute(moved.returning(Voucher.id).execution_options(synchronize_session=False)).all()
    find_voucher(session, voucher_id)
    return bool(done)


def list_all() -> Select[Voucher]:
    """Select all vouchers."""
    return select(Voucher)


def list_vouchers(subdistrict: str, homes: Select[str, str | None]) -> Select[Voucher]:
    """Select the vouchers of a sub-district's riders; where none is in `homes` for a rider, the voucher's counts."""
    home = homes.subquery()
    joined = select(Voucher).outerjoin(home, home.c.rider_id == Voucher.rider_id)
    return joined.where(func.coalesce(home.c.subdistrict, Voucher.subdistrict) == subdistrict)


def list_vouchers_of(rider_id: str) -> Select[Voucher]:
    """Select a rider's vouchers."""
    return select(Voucher).where(Voucher.rider_id == rider_id)


def ids_of(rider_id: str) -> Select[str]:
    """Select the ids of a rider's vouchers."""
    return select(Voucher.id).where(Voucher.rider_id == rider_id)


def list_ids_of(session: Session, rider_id: str, states: Sequence[str]) -> Sequence[str]:
    """Return the ids of a rider's vouchers that are in one of the states."""
    wanted = select(Voucher.id).where(Voucher.rider_id == rider_id, Voucher.state.in_(states))
    return session.scalars(wanted.order_by(Voucher.id)).all()
