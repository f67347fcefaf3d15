"""What an auditor can prove of vouchers by themselves: their states follow from the sealed log."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.rewards.vouchers import rules
from services.rewards.vouchers.models import Voucher, VoucherCode
from shared.audit import erased_that_remain
from shared.events.rewards import (
    VoucherExpiredV1,
    VoucherIssuedV1,
    VoucherRedeemedV1,
    VoucherRedemptionUndoneV1,
    VoucherVoidedV1,
)
from shared.messaging.history import events_told
from shared.service import Finding

NEVER_ISSUED = (rules.RESERVED, rules.RELEASED)


def check(session: Session) -> Iterator[Finding]:
    """Find where vouchers and what was told of them differ, and what is left of the erased."""
    yield from _check_states(session)
    yield from erased_that_remain(session, Voucher.rider_id, VoucherCode.rider_id)


def _check_states(session: Session) -> Iterator[Finding]:
    stands = _told_states(session)
    for voucher in session.scalars(select(Voucher).order_by(Voucher.id)):
        state = stands.pop(voucher.id, None)
        expected = voucher.state if voucher.state in NEVER_ISSUED and state is None else state
        if voucher.state != expected:
            detail = f"voucher {voucher.id} is {voucher.state}, the log says {expected or 'nothing'}"
            yield Finding("voucher-differs-from-log", voucher.id, detail)
    for voucher_id in sorted(stands):
        yield Finding("voucher-missing", voucher_id, f"the log tells of voucher {voucher_id}, which is not there")


def _told_states(session: Session) -> dict[str, str]:
    """Return the state that the log leaves each voucher in.

    A redemption may be undone, and be told again; a voucher may have expired while the erasure that voids it was on
    its way.
    """
    states = {event.voucher_id: rules.ISSUED for event in events_told(session, VoucherIssuedV1)}
    redeemed: dict[str, int] = {}
    for taken in events_told(session, VoucherRedeemedV1):
        redeemed[taken.voucher_id] = redeemed.get(taken.voucher_id, 0) + 1
    for undone in events_told(session, VoucherRedemptionUndoneV1):
        redeemed[undone.voucher_id] = redeemed.get(undone.voucher_id, 0) - 1
    states |= {voucher_id: rules.REDEEMED for voucher_id, times in redeemed.items() if times > 0}
    states |= {event.voucher_id: rules.EXPIRED for event in events_told(session, VoucherExpiredV1)}
    return states | {event.voucher_id: rules.VOID for event in events_told(session, VoucherVoidedV1)}
