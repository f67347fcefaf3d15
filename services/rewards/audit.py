"""What an auditor can prove of rewards: the sealed log, the ledger, vouchers and redemptions agree."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.rewards.ledger import audit as ledger
from services.rewards.ledger import chart
from services.rewards.ledger.models import Entry
from services.rewards.redemptions.models import Redemption
from services.rewards.vouchers import audit as vouchers
from services.rewards.vouchers import rules
from services.rewards.vouchers.models import Voucher
from shared.service import Audit, Finding

ENTRIES_OF_STATE = {
    rules.RESERVED: {chart.RESERVE},
    rules.RELEASED: {chart.RESERVE, chart.RELEASE},
    rules.ISSUED: {chart.RESERVE, chart.SPEND},
    rules.REDEEMED: {chart.RESERVE, chart.SPEND},
    rules.EXPIRED: {chart.RESERVE, chart.SPEND},
    rules.VOID: {chart.RESERVE, chart.SPEND, chart.GIVE_BACK},
}


def check(session: Session) -> Iterator[Finding]:
    """Find everything in rewards that does not agree."""
    yield from ledger.check(session)
    yield from vouchers.check(session)
    yield from _check_paid(session)
    yield from _check_redemptions(session)


AUDIT = Audit(check=check, effects=ledger.effects)


def _check_paid(session: Session) -> Iterator[Finding]:
    """Find vouchers without the entries of their state: an issued one is paid for, a void one is given back."""
    kinds: dict[str, set[str]] = {}
    for row in session.execute(select(Entry.cause_id, Entry.kind).where(Entry.cause_kind == chart.VOUCHER)):
        kinds.setdefault(row.cause_id, set()).add(row.kind)
    for voucher in session.scalars(select(Voucher).order_by(Voucher.id)):
        found, wanted = kinds.pop(voucher.id, set()), ENTRIES_OF_STATE[voucher.state]
        for kind in sorted(wanted ^ found):
            there = "has an entry" if kind in found else "has no entry"
            detail = f"voucher {voucher.id} is {voucher.state} and {there} of kind {kind}"
            yield Finding("voucher-differs-from-ledger", voucher.id, detail)
    for voucher_id in sorted(kinds):
        detail = f"the ledger has entries about voucher {voucher_id}, which is not there"
        yield Finding("voucher-missing", voucher_id, detail)


def _check_redemptions(session: Session) -> Iterator[Finding]:
    standing = set(session.scalars(select(Redemption.voucher_id).where(Redemption.undone_at.is_(None))))
    redeemed = set(session.scalars(select(Voucher.id).where(Voucher.state == rules.REDEEMED)))
    for voucher_id in sorted(standing - redeemed):
        detail = f"a redemption of voucher {voucher_id} stands, and the voucher is not redeemed"
        yield Finding("redemption-differs", voucher_id, detail)
    for voucher_id in sorted(redeemed - standing):
        detail = f"voucher {voucher_id} is redeemed, and no redemption of it stands"
        yield Finding("redemption-differs", voucher_id, detail)
