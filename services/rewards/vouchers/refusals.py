"""Which problem says why a voucher cannot be used as asked."""

from datetime import datetime

from services.rewards.vouchers import problems, rules
from services.rewards.vouchers.models import Voucher
from shared.errors import Refusal


def refusal_of(voucher: Voucher, now: datetime) -> Refusal:
    """Return the problem that names the state in which the voucher is."""
    state = rules.state_at(voucher, now)
    if state == rules.RESERVED:
        return problems.NOT_ISSUED(voucher_id=voucher.id, reserved_until=voucher.reserved_until)
    if state == rules.RELEASED:
        return problems.RESERVATION_ENDED(voucher_id=voucher.id, ended_at=voucher.ended_at or voucher.reserved_until)
    if state == rules.ISSUED:
        return problems.ALREADY_ISSUED(voucher_id=voucher.id, issued_at=voucher.issued_at)
    if state == rules.REDEEMED:
        return problems.ALREADY_REDEEMED(voucher_id=voucher.id, ended_at=voucher.ended_at)
    if state == rules.EXPIRED:
        return problems.VOUCHER_EXPIRED(voucher_id=voucher.id, expires_at=voucher.expires_at)
    return problems.VOUCHER_VOID(voucher_id=voucher.id, ended_at=voucher.ended_at, reason=voucher.reason)
