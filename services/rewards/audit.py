"""What an auditor can prove of rewards: the sealed log, the ledger, vouchers and redemptions agree."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.rewards.ledger import audit as ledger
from services.rewards.ledger import chart
from services.rewards.ledger.models import Entry
from services.rewards.redemptions.models import Redemption
from services.rewards.told import CHECKED, HEARD, TOLD, UNTOLD
from services.rewards.vouchers import rules
from services.rewards.vouchers.models import Voucher, VoucherCode
from shared.audit import differences_from_log, erased_that_remain
from shared.events.rewards import OfferChangedV1
from shared.messaging.history import events_told
from shared.service import Audit, Finding

Terms = tuple[str, str, str]
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
    yield from _check_paid(session)
    yield from _check_terms(session)
    yield from differences_from_log(session, TOLD)
    yield from erased_that_remain(session, Voucher.rider_id, VoucherCode.rider_id)


AUDIT = Audit(check, ledger.effects, told=TOLD, heard=HEARD, checked=CHECKED, untold=UNTOLD)


def _check_paid(session: Session) -> Iterator[Finding]:
    """Find vouchers without the entries of their state: an issued one is paid for, a void one is given back."""
    kinds: dict[str, set[str]] = {}
    for row in session.execute(select(Entry.cause_id, Entry.kind).where(Entry.cause_kind == chart.VOUCHER)):
        kinds.setdefault(row.cause_id, set()).add(row.kind)
    for voucher in session.scalars(select(Voucher).order_by(Voucher.id)):
        found, wanted = kinds.pop(voucher.id, set()), ENTRIES_OF_STATE.get(voucher.state, set())
        for kind in sorted(wanted ^ found):
            there = "has an entry" if kind in found else "has no entry"
            detail = f"voucher {voucher.id} is {voucher.state} and {there} of kind {kind}"
            yield Finding("voucher-differs-from-ledger", voucher.id, detail)
    for voucher_id in sorted(kinds):
        detail = f"the ledger has entries about voucher {voucher_id}, which is not there"
        yield Finding("voucher-missing", voucher_id, detail)


def _check_terms(session: Session) -> Iterator[Finding]:
    """Find vouchers and redemptions with a kind or titles that their offer never had."""
    offered: dict[str, set[Terms]] = defaultdict(set)
    for event in events_told(session, OfferChangedV1):
        offered[event.offer_id].add((event.kind, event.title_zh, event.title_en))
    for model in (Voucher, Redemption):
        name = model.__tablename__
        for row in session.execute(select(model.id, model.offer_id, model.kind, model.title_zh, model.title_en)):
            terms: Terms = (row.kind, row.title_zh, row.title_en)
            if terms not in offered[row.offer_id]:
                told = "; ".join(", ".join(one) for one in sorted(offered[row.offer_id])) or "nothing"
                detail = f"{name} {row.id} is for {', '.join(terms)}; of offer {row.offer_id} the log says {told}"
                yield Finding(f"{name}-differs-from-log", row.id, detail)
