"""What is personal in vouchers: their codes (table `voucher_code`), and whose they are."""

from contextlib import suppress

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.rewards.vouchers.models import Voucher, VoucherCode
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys


def keep_code(session: Session, rider_id: str, voucher_id: str, code: str) -> None:
    """Keep a voucher's code, sealed under the rider's key. Raises KeyDestroyedError for an erased rider."""
    sealed = keys(session).seal_text(rider_id, f"voucher_code.code/{voucher_id}", code)
    session.add(VoucherCode(voucher_id=voucher_id, rider_id=rider_id, code=sealed))


def find_code(session: Session, voucher_id: str) -> str | None:
    """Return a voucher's code, None where it has none or the rider was erased."""
    kept = session.scalar(select(VoucherCode).where(VoucherCode.voucher_id == voucher_id))
    if kept is None:
        return None
    try:
        return keys(session).open_text(kept.rider_id, f"voucher_code.code/{voucher_id}", kept.code)
    except KeyDestroyedError:
        return None


def list_newest(session: Session, count: int) -> list[tuple[str, str, str | None]]:
    """Return (voucher, code, digest that finds it) of so many newest vouchers, those left out that cannot be read."""
    newest = select(VoucherCode.voucher_id, Voucher.code_digest).join(Voucher).order_by(VoucherCode.voucher_id.desc())
    found = list[tuple[str, str, str | None]]()
    for voucher_id, digest in session.execute(newest.limit(count)):
        with suppress(ValueError):
            code = find_code(session, voucher_id)
            found += [] if code is None else [(voucher_id, code, digest)]
    return found


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's codes; vouchers stay without rider, for partners and the audit."""
    session.execute(delete(VoucherCode).where(VoucherCode.rider_id == rider_id))
    session.execute(update(Voucher).where(Voucher.rider_id == rider_id).values(rider_id=None))
