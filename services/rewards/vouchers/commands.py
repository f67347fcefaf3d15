"""What riders may ask of vouchers, what staff may, and how a voucher ends by itself or with its rider."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.rewards.ledger import chart
from services.rewards.ledger import problems as ledger_problems
from services.rewards.ledger import rules as ledger_rules
from services.rewards.ledger import store as ledger
from services.rewards.ledger import telling as ledger_telling
from services.rewards.ledger.chart import Matter
from services.rewards.ledger.models import Balance
from services.rewards.ledger.telling import tell
from services.rewards.offers import problems as offer_problems
from services.rewards.offers import rules as offer_rules
from services.rewards.offers import store as offers
from services.rewards.offers.models import Offer
from services.rewards.vouchers import personal, rules, store, telling
from services.rewards.vouchers.models import Voucher
from services.rewards.vouchers.refusals import refusal_of
from services.rewards.vouchers.schemas import Voiding, VoucherOrder
from shared.auth import STAFF, Principal, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.events.envelope import DISTRICT
from shared.events.rewards import PointsHeldV1, PointsReleasedV1, PointsReversedV1, PointsSpentV1
from shared.messaging import Timers, emit, new_id, now, schedule
from shared.places import get_subdistrict


def reserve_voucher(session: Session, principal: Principal, order: VoucherOrder) -> str:
    """Set points aside for a voucher, oldest expiry first; return its id.

    Raises POINTS_SHORT, and OFFER_CLOSED or OFFER_ELSEWHERE for an offer that the rider may not take.
    """
    authorize(principal, {Role.RIDER})
    balance, moment = _own_balance(session, principal), now(session)
    home = principal.subdistrict or balance.subdistrict or DISTRICT
    offer = _open_offer(session, order.offer_id, home)
    lots = ledger.list_lots(session, principal.id, moment)
    uses = ledger_rules.allocation(lots, offer.points, moment)
    if uses is None:
        raise ledger_problems.POINTS_SHORT(needed=offer.points, available=ledger_rules.spendable(lots, moment))

    voucher = _new_voucher(session, home, offer)
    voucher.rider_id = principal.id
    store.add_voucher(session, voucher)
    movement = chart.reservation(principal.id, _matter(voucher), offer.points)
    entry = ledger.book(session, balance, movement, PointsHeldV1, moment)
    ledger.use_lots(session, entry, uses)
    hold = ledger.add_hold(session, movement, points=offer.points, at=moment, expires_at=voucher.reserved_until)
    schedule(session, "end-reservation", voucher.id, voucher.reserved_until)
    tell(session, entry, ledger_telling.held(hold))
    return voucher.id


def issue_voucher(session: Session, principal: Principal, voucher_id: str, digest: Callable[[str], str]) -> str:
    """Spend the reserved points and give the voucher a code; `digest` is the keyed one by which codes are found."""
    authorize(principal, {Role.RIDER})
    balance, moment = _own_balance(session, principal), now(session)
    voucher = _own_voucher(session, principal, voucher_id)
    expires_at = offer_rules.voucher_expiry(moment, voucher.valid_days)
    code = rules.code_from(new_id(session, "voucher-code"))
    given = {"issued_at": moment, "expires_at": expires_at}
    in_time, step = rules.state_at(voucher, moment) == rules.RESERVED, (rules.RESERVED, rules.ISSUED)
    if not in_time or not store.move(session, voucher_id, step, code_digest=digest(code), **given):
        raise refusal_of(voucher, moment)

    personal.keep_code(session, principal.id, voucher_id, code)
    movement = chart.spending(principal.id, _matter(voucher), voucher.points)
    entry = ledger.book(session, balance, movement, PointsSpentV1, moment)
    hold = ledger.settle_hold(session, chart.VOUCHER, voucher_id, ledger_rules.SPENT)
    schedule(session, "expire-voucher", voucher_id, expires_at)
    tell(session, entry, ledger_telling.spent(entry, hold))
    emit(session, telling.issued(voucher))
    return voucher_id


def void_voucher(session: Session, principal: Principal, voucher_id: str, order: Voiding) -> str:
    """Void an issued voucher (staff): its points go back to the lots that they came from, if these still hold."""
    voucher = store.get_voucher(session, voucher_id)
    hidden = NOT_FOUND(kind="voucher", id=voucher_id)
    authorize(principal, STAFF, subdistrict=find_home(session, voucher), hidden=hidden)
    balance = None if voucher.rider_id is None else ledger.open_balance(session, voucher.rider_id)
    if balance is None or not _void(session, balance, voucher_id, order.reason):
        raise refusal_of(voucher, now(session))
    return voucher_id


def find_home(session: Session, voucher: Voucher) -> str:
    """Return the present sub-district of a voucher's rider; where that is not known, the one it was reserved in."""
    balance = None if voucher.rider_id is None else ledger.find_balance(session, voucher.rider_id)
    return voucher.subdistrict if balance is None else balance.subdistrict or voucher.subdistrict


def list_vouchers(principal: Principal) -> Select[Voucher]:
    """Select the vouchers of the riders who belong to the sub-district of staff now, or of all of them."""
    authorize(principal, STAFF)
    scope = scope_of(principal)
    return store.list_all() if scope is None else store.list_vouchers(scope, ledger.list_homes())


def end_reservation(session: Session, voucher_id: str) -> None:
    """Give reserved points back when the voucher was not issued in time."""
    voucher = store.find_voucher(session, voucher_id)
    balance = None if voucher is None or voucher.rider_id is None else ledger.open_balance(session, voucher.rider_id)
    if balance is not None:
        _release(session, balance, voucher_id, "expired")


def expire_voucher(session: Session, voucher_id: str) -> None:
    """Let an issued voucher expire; its points are spent."""
    if store.move(session, voucher_id, (rules.ISSUED, rules.EXPIRED), ended_at=now(session)):
        emit(session, telling.expired(store.get_voucher(session, voucher_id)))


def settle_vouchers_of_erased_rider(session: Session, rider_id: str) -> None:
    """End the reservations of an erased rider, and void what was issued and not used by then."""
    balance = ledger.lock_balance(session, rider_id)
    for voucher_id in store.list_ids_of(session, rider_id, (rules.RESERVED,)):
        _release(session, balance, voucher_id, "erased")
    for voucher_id in store.list_ids_of(session, rider_id, rules.UNUSED):
        _void(session, balance, voucher_id, "erased")


def _own_balance(session: Session, principal: Principal) -> Balance:
    balance = ledger.open_balance(session, principal.id)
    if balance is None:
        raise ledger_problems.ACCOUNT_ERASED()
    return balance


def _open_offer(session: Session, offer_id: str, home: str) -> Offer:
    offer = offers.get_offer(session, offer_id)
    if offer.subdistrict not in (DISTRICT, home):
        raise offer_problems.OFFER_ELSEWHERE(offer_id=offer.id, place=get_subdistrict(offer.subdistrict).name_zh)
    if not offer.active:
        raise offer_problems.OFFER_CLOSED(offer_id=offer.id)
    return offer


def _own_voucher(session: Session, principal: Principal, voucher_id: str) -> Voucher:
    voucher = store.get_voucher(session, voucher_id)
    if voucher.rider_id != principal.id:
        raise NOT_FOUND(kind="voucher", id=voucher_id)
    return voucher


def _new_voucher(session: Session, subdistrict: str, offer: Offer) -> Voucher:
    moment = now(session)
    return Voucher(
        id=new_id(session, "voucher"),
        subdistrict=subdistrict,
        offer_id=offer.id,
        kind=offer.kind,
        title_zh=offer.title_zh,
        title_en=offer.title_en,
        points=offer.points,
        valid_days=offer.valid_days,
        state=rules.RESERVED,
        reserved_at=moment,
        reserved_until=moment + rules.voucher_rule(moment).reserved_for,
    )


def _matter(voucher: Voucher) -> Matter:
    return Matter(chart.VOUCHER, voucher.id, voucher.subdistrict)


def _release(session: Session, balance: Balance, voucher_id: str, reason: str) -> None:
    moment, rider_id = now(session), balance.rider_id
    if not store.move(session, voucher_id, (rules.RESERVED, rules.RELEASED), ended_at=moment):
        return
    voucher = store.get_voucher(session, voucher_id)
    taken = ledger.list_uses(session, _entry_id(session, chart.RESERVE, voucher))
    movement = chart.end_of_reservation(rider_id, _matter(voucher), voucher.points)
    entry = ledger.book(session, balance, movement, PointsReleasedV1, moment)
    ledger.give_back(session, entry, taken)
    _watch_expiry(session, taken, moment)
    hold = ledger.settle_hold(session, chart.VOUCHER, voucher_id, ledger_rules.RELEASED)
    tell(session, entry, ledger_telling.released(hold, voucher.points, reason))


def _void(session: Session, balance: Balance, voucher_id: str, reason: str) -> bool:
    """Void an issued voucher and reverse its spending; False when it was not issued any more."""
    moment, rider_id = now(session), balance.rider_id
    voucher = store.get_voucher(session, voucher_id)
    taken = ledger.list_uses(session, _entry_id(session, chart.RESERVE, voucher))
    back = ledger_rules.returned(taken, ledger.expiries(session, taken), moment)
    usable, step, given_back = rules.was_usable(voucher, moment), (voucher.state, rules.VOID), back.points
    if not usable or not store.move(
        session, voucher_id, step, ended_at=moment, reason=reason, points_returned=given_back
    ):
        return False

    movement = chart.giving_back(rider_id, _matter(voucher), back, _entry_id(session, chart.SPEND, voucher))
    entry = ledger.book(session, balance, movement, PointsReversedV1, moment)
    ledger.give_back(session, entry, back.to_lots)
    _watch_expiry(session, back.to_lots, moment)
    tell(session, entry, ledger_telling.reversed_by(entry, rider_id, back.points, reason))
    emit(session, telling.voided(voucher))
    return True


def _entry_id(session: Session, kind: str, voucher: Voucher) -> str:
    return ledger.get_entry_about(session, kind, _matter(voucher)).id


def _watch_expiry(session: Session, given_back: Sequence[ledger_rules.Use], moment: datetime) -> None:
    """Let what went back to lots expire with them, even where the lot's own timer has fired meanwhile."""
    for lot_id, expires_at in sorted(ledger.expiries(session, given_back).items()):
        schedule(session, "expire-lot", lot_id, max(expires_at, moment))


TIMERS: Timers = {"end-reservation": end_reservation, "expire-voucher": expire_voucher}
