"""What the ledger does about other services' events, its timers, and the erasure of a rider.

A claim follows what governance decides of a report. All of it commutes: ids and times come from the report or the
decision, a later merge overrules an earlier one whichever arrives first, and a hold is judged by the decision's own
time, whether or not the timer that ends it has fired.
"""

from operator import attrgetter

from sqlalchemy.orm import Session

from services.rewards.ledger import chart, rules, store, telling
from services.rewards.ledger.chart import Matter
from services.rewards.ledger.models import Balance, Claim, Hold
from services.rewards.ledger.telling import tell
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderMovedV1, RiderRegisteredV1
from shared.events.rewards import (
    AccountMovedV1,
    PointsAwardedV1,
    PointsExpiredV1,
    PointsHeldV1,
    PointsReleasedV1,
    PointsReversedV1,
)
from shared.events.training import AttendanceConfirmedV1
from shared.messaging import Handlers, Timers, each, emit, now, schedule

ERASED = "erased"


def hold_points_for_report(session: Session, event: HazardReportedV1) -> None:
    """Open the claim of a report and hold the points that it promises."""
    _open_claim(session, rules.Report(event.hazard_id, event.rider_id, event.subdistrict, event.earns, now(session)))


def award_for_verified_hazard(session: Session, event: HazardVerifiedV1) -> None:
    """Post the points held for the report, and those of the merged ones that share; verified twice, awarded once."""
    claim = _claim_of(session, event)
    if claim.decision is not None:
        return
    claim.decision, claim.decided_at, claim.severity = rules.VERIFIED, now(session), event.severity

    _award_claim(session, claim, rules.hazard_award(event.severity, now(session)))
    for merged in store.list_merged(session, claim.hazard_id):
        _follow_survivor(session, merged, claim)


def release_for_rejected_hazard(session: Session, event: HazardRejectedV1) -> None:
    """Release what is held for the report and for those merged into it."""
    claim = _claim_of(session, event)
    if claim.decision is not None:
        return
    claim.decision, claim.decided_at, claim.reason = rules.REJECTED, now(session), event.reason

    _release_claim(session, claim, event.reason)
    for merged in store.list_merged(session, claim.hazard_id):
        _follow_survivor(session, merged, claim)


def join_merged_report(session: Session, event: HazardMergedV1) -> None:
    """Let a report's claim follow another one, whether or not the report itself has been heard of."""
    report = rules.Report(
        event.merged_hazard_id,
        event.merged_rider_id,
        event.merged_subdistrict,
        event.merged_earns,
        event.merged_reported_at,
    )
    claim = _open_claim(session, report)
    known = (claim.merged_at, claim.survivor_id) if claim.merged_at and claim.survivor_id else None
    if not rules.is_later_merge(now(session), event.hazard_id, than=known):
        return

    claim.survivor_id, claim.merged_at, claim.shares = event.hazard_id, now(session), event.shares_award
    _follow_survivor(session, claim, store.find_claim(session, event.hazard_id))


def award_for_attendance(session: Session, event: AttendanceConfirmedV1) -> None:
    """Post points for a class attended, once for a class and rider."""
    points = rules.rule_at(rules.ATTENDANCE_RULES, now(session)).points
    matter = Matter(chart.ATTENDANCE, event.class_id, event.subdistrict)
    balance = store.open_balance(session, event.rider_id)
    movement = chart.award(event.rider_id, matter, rules.split_of(points, held=0))
    if balance is not None and not store.is_booked(session, movement):
        _book_award(session, balance, movement)


def open_account(session: Session, event: RiderRegisteredV1) -> None:
    """Open the account of a rider who signed up."""
    balance = store.open_balance(session, event.rider_id)
    if balance is not None and balance.moved_at is None:
        balance.subdistrict, balance.moved_at = event.subdistrict, now(session)


def move_account(session: Session, event: RiderMovedV1) -> None:
    """Let a rider's account follow to another sub-district, with all points; the later move counts."""
    balance = store.open_balance(session, event.rider_id)
    if balance is None or (balance.moved_at is not None and balance.moved_at > now(session)):
        return
    balance.subdistrict, balance.moved_at = event.subdistrict, now(session)
    moved = AccountMovedV1(
        subdistrict=event.subdistrict, rider_id=event.rider_id, previous_subdistrict=event.previous_subdistrict
    )
    emit(session, moved)


def release_expired_hold(session: Session, hold_id: str) -> None:
    """Release the points of a report that nobody decided in time; a decision that was in time may still arrive."""
    found = store.find_hold_by_id(session, hold_id)
    balance = None if found is None else store.open_balance(session, found.rider_id)
    hold = store.find_hold_by_id(session, hold_id)
    if hold is not None and balance is not None and hold.outcome is None:
        _release_hold(session, balance, hold, hold.points, "expired")


def expire_lot(session: Session, lot_id: str) -> None:
    """Let what is left of a lot expire; what is reserved of it may still be spent until the reservation ends."""
    lot = store.find_lot(session, lot_id)
    balance = None if lot is None else store.open_balance(session, lot.rider_id)
    left = store.left_of(session, lot_id)
    if lot is None or balance is None or left == 0:
        return
    nth = store.count_expiries(session, lot_id) + 1
    movement = chart.expiry(lot.rider_id, Matter(chart.LOT, lot_id, lot.subdistrict), left, nth)
    entry = store.book(session, balance, movement, PointsExpiredV1, now(session))
    store.use_lots(session, entry, [rules.Use(lot_id, left)])
    tell(session, entry, telling.expired(entry, lot, left))


def settle_account_of_erased_rider(session: Session, rider_id: str) -> None:
    """Release what is promised, and take what is left of each award back to the sub-district that issued it."""
    balance = store.lock_balance(session, rider_id)
    for hold in store.list_open_holds(session, rider_id):
        _release_hold(session, balance, hold, hold.points, ERASED)
    for state in store.list_all_lots(session, rider_id):
        lot = store.get_lot(session, state.lot_id)
        movement = chart.forfeiture(rider_id, Matter(chart.ENTRY, lot.entry_id, lot.subdistrict), state.left)
        entry = store.book(session, balance, movement, PointsReversedV1, now(session))
        store.use_lots(session, entry, [rules.Use(lot.id, state.left)])
        tell(session, entry, telling.reversed_by(entry, rider_id, -state.left, ERASED))


def _open_claim(session: Session, report: rules.Report) -> Claim:
    """Return the claim of a report; whichever event tells of the report first opens it, and its hold, alike."""
    found = store.find_claim(session, report.hazard_id)
    if found is not None:
        return found
    balance = store.open_balance(session, report.rider_id)
    claim = store.open_claim(session, report, None if balance is None else report.rider_id)
    if balance is None or not report.earns:
        return claim

    rule = rules.rule_at(rules.HAZARD_RULES, report.reported_at)
    matter = Matter(chart.HAZARD, report.hazard_id, report.subdistrict)
    movement = chart.promise(report.rider_id, matter, rule.held)
    entry = store.book(session, balance, movement, PointsHeldV1, report.reported_at)
    due = report.reported_at + rule.undecided_after
    hold = store.add_hold(session, movement, points=rule.held, at=report.reported_at, expires_at=due)
    schedule(session, "expire-hold", hold.id, due)
    tell(session, entry, telling.held(hold))
    return claim


def _claim_of(session: Session, event: HazardVerifiedV1 | HazardRejectedV1) -> Claim:
    """Return the claim of a decided report; one whose report was never told promised nothing."""
    report = rules.Report(event.hazard_id, event.rider_id, event.subdistrict, earns=False, reported_at=now(session))
    return _open_claim(session, report)


def _follow_survivor(session: Session, merged: Claim, survivor: Claim | None) -> None:
    """Do for a merged report what its survivor's decision asks for; until there is one, its points stay held."""
    if survivor is None or survivor.decision is None or survivor.decided_at is None:
        return
    if survivor.decision == rules.REJECTED:
        _release_claim(session, merged, survivor.reason or rules.REJECTED)
    elif merged.shares:
        _award_claim(session, merged, rules.shared_award(survivor.severity or "", survivor.decided_at))
    else:
        _release_claim(session, merged, "merged")


def _award_claim(session: Session, claim: Claim, points: int) -> None:
    """Post an award out of the claim's own hold, unless the hold had expired by the decision's time."""
    found = _undecided_hold(session, claim)
    if found is None:
        return
    balance, hold = found
    split = rules.split_of(points, held=hold.points if hold.outcome is None else 0)
    movement = chart.award(hold.rider_id, Matter(hold.cause_kind, hold.cause_id, hold.subdistrict), split)
    if store.is_booked(session, movement):
        return
    hold.outcome = rules.AWARDED
    _book_award(session, balance, movement)
    if split.left > 0:
        _release_hold(session, balance, hold, split.left, "settled")


def _release_claim(session: Session, claim: Claim, reason: str) -> None:
    found = _undecided_hold(session, claim)
    if found is not None and found[1].outcome is None:
        _release_hold(session, *found, found[1].points, reason)


def _undecided_hold(session: Session, claim: Claim) -> tuple[Balance, Hold] | None:
    """Return the claim's hold with its rider's locked account; None from the moment at which the hold expires."""
    balance = None if claim.rider_id is None else store.open_balance(session, claim.rider_id)
    hold = store.find_hold(session, chart.HAZARD, claim.hazard_id)
    if balance is None or hold is None or now(session) >= hold.expires_at:
        return None
    return balance, hold


def _book_award(session: Session, balance: Balance, movement: chart.Movement) -> None:
    entry = store.book(session, balance, movement, PointsAwardedV1, now(session))
    lot = store.add_lot(session, movement, entry)
    schedule(session, "expire-lot", lot.id, lot.expires_at)
    tell(session, entry, telling.awarded(entry, lot))


def _release_hold(session: Session, balance: Balance, hold: Hold, points: int, reason: str) -> None:
    matter = Matter(hold.cause_kind, hold.cause_id, hold.subdistrict)
    entry = store.book(session, balance, chart.release(hold.rider_id, matter, points), PointsReleasedV1, now(session))
    hold.outcome = hold.outcome or rules.RELEASED
    tell(session, entry, telling.released(hold, points, reason))


HANDLERS: Handlers = {
    HazardReportedV1: each(hold_points_for_report, key=attrgetter("rider_id")),
    HazardVerifiedV1: each(award_for_verified_hazard, key=attrgetter("rider_id")),
    HazardRejectedV1: each(release_for_rejected_hazard, key=attrgetter("rider_id")),
    HazardMergedV1: each(join_merged_report, key=attrgetter("merged_rider_id")),
    AttendanceConfirmedV1: each(award_for_attendance, key=attrgetter("rider_id")),
    RiderRegisteredV1: each(open_account, key=attrgetter("rider_id")),
    RiderMovedV1: each(move_account, key=attrgetter("rider_id")),
}

TIMERS: Timers = {"expire-hold": release_expired_hold, "expire-lot": expire_lot}
