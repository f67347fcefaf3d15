"""What a partner may ask: what a voucher is, to take it, and to undo that in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.rewards.ledger import store as ledger
from services.rewards.redemptions import problems, rules, store
from services.rewards.redemptions.models import Partner, Redemption, WrongCode
from services.rewards.redemptions.schemas import Scan
from services.rewards.vouchers import rules as voucher_rules
from services.rewards.vouchers import store as vouchers
from services.rewards.vouchers.models import Voucher
from services.rewards.vouchers.refusals import refusal_of
from shared.auth import Principal, Role, authorize
from shared.errors import NOT_FOUND, Refusal
from shared.events.rewards import VoucherRedeemedV1, VoucherRedemptionUndoneV1
from shared.messaging import emit, new_id, now, schedule

Digest = Callable[[str], str]
"""The keyed digest by which a code is found."""


@dataclass(frozen=True)
class Scanned:
    """A voucher and the state that counts now; `refused` is what keeps the partner from redeeming it."""

    voucher: Voucher
    state: str
    refused: Refusal | None


def look_up_voucher(session: Session, principal: Principal, scan: Scan, digest: Digest, moment: datetime) -> Scanned:
    """Return what a voucher is, and what keeps this partner from redeeming it now; raises CODE_UNKNOWN."""
    partner = _admitted(session, principal, moment)
    voucher = _find_scanned(session, scan, digest)
    refused = _why_not(partner, voucher, moment)
    return Scanned(voucher, voucher_rules.state_at(voucher, moment), refused)


def redeem_voucher(session: Session, principal: Principal, scan: Scan, digest: Digest) -> str:
    """Take the voucher with the code; return the redemption's id. One conditional UPDATE decides who is first."""
    moment = now(session)
    partner = _admitted(session, principal, moment)
    voucher = _find_scanned(session, scan, digest)
    refused = _why_not(partner, voucher, moment)
    step = (voucher_rules.ISSUED, voucher_rules.REDEEMED)
    if refused is None and not vouchers.move(session, voucher.id, step, ended_at=moment):
        refused = refusal_of(voucher, moment)
    if refused is not None:
        raise refused

    redemption = Redemption(
        id=new_id(session, "redemption"),
        voucher_id=voucher.id,
        offer_id=voucher.offer_id,
        kind=voucher.kind,
        title_zh=voucher.title_zh,
        title_en=voucher.title_en,
        partner_id=partner.id,
        redeemed_at=moment,
    )
    store.add_redemption(session, redemption)
    emit(session, VoucherRedeemedV1(**_facts(voucher), partner_id=partner.id))
    return redemption.id


def undo_redemption(session: Session, principal: Principal, redemption_id: str) -> str:
    """Give the voucher back to the rider, within the time for it; return the redemption's id."""
    authorize(principal, {Role.PARTNER_STAFF})
    redemption, moment = store.get_redemption(session, redemption_id), now(session)
    hidden = NOT_FOUND(kind="redemption", id=redemption_id)
    authorize(principal, {Role.PARTNER_STAFF}, owner=redemption.partner_id, hidden=hidden)
    if redemption.undone_at is None and moment >= rules.undo_until(redemption.redeemed_at):
        raise problems.UNDO_TOO_LATE(undo_until=rules.undo_until(redemption.redeemed_at))
    voucher = _lock_with_account(session, redemption.voucher_id)
    if not store.undo(session, redemption_id, moment):
        raise problems.ALREADY_UNDONE(undone_at=redemption.undone_at)

    vouchers.move(session, voucher.id, (voucher_rules.REDEEMED, voucher_rules.ISSUED), ended_at=None)
    schedule(session, "expire-voucher", voucher.id, max(voucher.expires_at or moment, moment))
    emit(session, VoucherRedemptionUndoneV1(**_facts(voucher), partner_id=redemption.partner_id))
    return redemption_id


def note_wrong_code(session: Session, principal: Principal) -> str:
    """Count a code that no voucher has; return the account's id."""
    moment = now(session)
    wrong = WrongCode(id=new_id(session, "wrong-code"), person_id=principal.id, entered_at=moment)
    store.add_wrong_code(session, wrong, moment - rules.redemption_rule(moment).window)
    return principal.id


def _admitted(session: Session, principal: Principal, moment: datetime) -> Partner:
    """Return the caller's partner, if it takes part and the caller has not entered too many wrong codes."""
    authorize(principal, {Role.PARTNER_STAFF})
    partner = store.find_partner(session, principal.partner or "")
    if partner is None or not partner.active:
        raise problems.PARTNER_INACTIVE()
    rule = rules.redemption_rule(moment)
    wait = rules.wait_s(store.list_wrong_codes(session, principal.id, moment - rule.window), moment)
    if wait > 0:
        raise problems.TOO_MANY_WRONG_CODES(retry_after_s=wait, wrong_codes_max=rule.wrong_codes_max)
    return partner


def _lock_with_account(session: Session, voucher_id: str) -> Voucher:
    """Return a voucher whose rider is not erased before the transaction ends; raises RIDER_ERASED."""
    rider_id = vouchers.get_voucher(session, voucher_id).rider_id
    if rider_id is None or ledger.open_balance(session, rider_id) is None:
        raise problems.RIDER_ERASED()
    return vouchers.get_voucher(session, voucher_id)


def _find_scanned(session: Session, scan: Scan, digest: Digest) -> Voucher:
    voucher = vouchers.find_by_digest(session, digest(voucher_rules.typed_code(scan.code)))
    if voucher is None:
        raise problems.CODE_UNKNOWN()
    return voucher


def _why_not(partner: Partner, voucher: Voucher, moment: datetime) -> Refusal | None:
    """Return what keeps a partner from redeeming a voucher, if anything does."""
    if voucher.kind != partner.kind:
        return problems.KIND_DIFFERS(voucher_kind=voucher.kind, partner_kind=partner.kind)
    redeemable = voucher_rules.state_at(voucher, moment) == voucher_rules.ISSUED
    return None if redeemable else refusal_of(voucher, moment)


def _facts(voucher: Voucher) -> dict[str, str]:
    return {
        "subdistrict": voucher.subdistrict,
        "voucher_id": voucher.id,
        "rider_id": voucher.rider_id or "",
        "offer_id": voucher.offer_id,
    }
