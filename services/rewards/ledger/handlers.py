"""What the ledger does about other services' events, its timers, and the erasure of a rider.

A claim follows what governance decides of a report. All of it commutes: ids and times come from the report or the
decision, a later merge overrules an earlier one whichever arrives first, and a hold is judged by the decision's own
time, whether or not the timer that ends it has fired.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from services.rewards.ledger import books, chart, rules, store, telling
from services.rewards.ledger.books import Books
from services.rewards.ledger.chart import Matter
from services.rewards.ledger.records import Account, Claim, Hold
from services.rewards.ledger.telling import tell
from shared.events.envelope import Event
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
from shared.messaging import Handlers, Timers, each, emit, in_turn, now, together
from shared.validity import valid_at

ERASED = "erased"
HazardEvent = HazardReportedV1 | HazardVerifiedV1 | HazardRejectedV1 | HazardMergedV1


def follow_hazards(session: Session, events: Sequence[HazardEvent]) -> None:
    """Do what each event says of its report, one after the other, on one set of books."""
    with books.books_of_hazards(session, _hazards_of(events), {_rider_of(event) for event in events}) as ledger:
        for event in in_turn(session, events):
            STEPS[type(event)](session, ledger, event)


def hold_points_for_report(session: Session, ledger: Books, event: HazardReportedV1) -> None:
    """Open the claim of a report and hold the points that it promises."""
    report = rules.Report(event.hazard_id, event.rider_id, event.subdistrict, event.earns, now(session))
    _open_claim(session, ledger, report)


def award_for_verified_hazard(session: Session, ledger: Books, event: HazardVerifiedV1) -> None:
    """Post the points held for the report, and those of the merged ones that share; verified twice, awarded once."""
    claim = _claim_of(session, ledger, event)
    if claim.decision is not None:
        return
    claim.decision, claim.decided_at, claim.severity = rules.VERIFIED, now(session), event.severity

    _award_claim(session, ledger, claim, rules.hazard_award(event.severity, now(session)))
    for merged in ledger.list_merged(claim.hazard_id):
        _follow_survivor(session, ledger, merged, claim)


def release_for_rejected_hazard(session: Session, ledger: Books, event: HazardRejectedV1) -> None:
    """Release what is held for the report and for those merged into it."""
    claim = _claim_of(session, ledger, event)
    if claim.decision is not None:
        return
    claim.decision, claim.decided_at, claim.reason = rules.REJECTED, now(session), event.reason

    _release_claim(session, ledger, claim, event.reason)
    for merged in ledger.list_merged(claim.hazard_id):
        _follow_survivor(session, ledger, merged, claim)


def join_merged_report(session: Session, ledger: Books, event: HazardMergedV1) -> None:
    """Let a report's claim follow another one, whether or not the report itself has been heard of."""
    report = rules.Report(
        event.merged_hazard_id,
        event.merged_rider_id,
        event.merged_subdistrict,
        event.merged_earns,
        event.merged_reported_at,
    )
    claim = _open_claim(session, ledger, report)
    known = (claim.merged_at, claim.survivor_id) if claim.merged_at and claim.survivor_id else None
    if not rules.is_later_merge(now(session), event.hazard_id, than=known):
        return

    ledger.merge(claim, event.hazard_id, now(session), shares=event.shares_award)
    _follow_survivor(session, ledger, claim, ledger.find_claim(event.hazard_id))


def award_for_attendance(session: Session, events: Sequence[AttendanceConfirmedV1]) -> None:
    """Post points for classes attended, once for a class and rider."""
    classes, riders = {event.class_id for event in events}, {event.rider_id for event in events}
    with books.books_of_classes(session, classes, riders) as ledger:
        for event in in_turn(session, events):
            points = valid_at(rules.ATTENDANCE_RULES, now(session)).points
            matter = Matter(chart.ATTENDANCE, event.class_id, event.subdistrict)
            account = ledger.find_account(event.rider_id)
            movement = chart.award(event.rider_id, matter, rules.split_of(points, held=0))
            if account is not None and not ledger.is_booked(movement):
                _book_award(session, ledger, account, movement)


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
    if found is None:
        return
    store.lock_balances(session, [found.rider_id])
    with books.books_of_hazards(session, [found.cause_id], [found.rider_id]) as ledger:
        hold = ledger.find_hold(found.cause_id)
        if hold is not None and hold.outcome is None:
            _release_hold(session, ledger, hold, hold.points, "expired")


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
    store.lock_balance(session, rider_id)
    promised = [hold.cause_id for hold in store.list_open_holds(session, rider_id)]
    with books.books_of_hazards(session, promised, [rider_id]) as ledger:
        for hazard_id in promised:
            hold = ledger.find_hold(hazard_id)
            if hold is not None:
                _release_hold(session, ledger, hold, hold.points, ERASED)
    balance = store.lock_balance(session, rider_id)
    for state in store.list_all_lots(session, rider_id):
        lot = store.get_lot(session, state.lot_id)
        movement = chart.forfeiture(rider_id, Matter(chart.ENTRY, lot.entry_id, lot.subdistrict), state.left)
        entry = store.book(session, balance, movement, PointsReversedV1, now(session))
        store.use_lots(session, entry, [rules.Use(lot.id, state.left)])
        tell(session, entry, telling.reversed_by(entry, rider_id, -state.left, ERASED))


def _hazards_of(events: Sequence[HazardEvent]) -> set[str]:
    merged = {event.merged_hazard_id for event in events if isinstance(event, HazardMergedV1)}
    return {event.hazard_id for event in events} | merged


def _rider_of(event: HazardEvent) -> str:
    return event.merged_rider_id if isinstance(event, HazardMergedV1) else event.rider_id


def _claimants_of(session: Session, events: Sequence[HazardEvent]) -> Sequence[str]:
    return store.list_claimants(session, _hazards_of(events))


def _open_claim(session: Session, ledger: Books, report: rules.Report) -> Claim:
    """Return the claim of a report; whichever event tells of the report first opens it, and its hold, alike."""
    found = ledger.find_claim(report.hazard_id)
    if found is not None:
        return found
    account = ledger.find_account(report.rider_id)
    claim = ledger.open_claim(report, None if account is None else report.rider_id)
    if account is None or not report.earns:
        return claim

    rule = valid_at(rules.HAZARD_RULES, report.reported_at)
    matter = Matter(chart.HAZARD, report.hazard_id, report.subdistrict)
    movement = chart.promise(report.rider_id, matter, rule.held)
    entry = ledger.book(account, movement, PointsHeldV1, report.reported_at)
    hold = ledger.add_hold(movement, rule.held, report.reported_at, report.reported_at + rule.undecided_after)
    tell(session, entry, telling.held(hold))
    return claim


def _claim_of(session: Session, ledger: Books, event: HazardVerifiedV1 | HazardRejectedV1) -> Claim:
    """Return the claim of a decided report; one whose report was never told promised nothing."""
    report = rules.Report(event.hazard_id, event.rider_id, event.subdistrict, earns=False, reported_at=now(session))
    return _open_claim(session, ledger, report)


def _follow_survivor(session: Session, ledger: Books, merged: Claim, survivor: Claim | None) -> None:
    """Do for a merged report what its survivor's decision asks for; until there is one, its points stay held."""
    if survivor is None or survivor.decision is None or survivor.decided_at is None:
        return
    if survivor.decision == rules.REJECTED:
        _release_claim(session, ledger, merged, survivor.reason or rules.REJECTED)
    elif merged.shares:
        _award_claim(session, ledger, merged, rules.shared_award(survivor.severity or "", survivor.decided_at))
    else:
        _release_claim(session, ledger, merged, "merged")


def _award_claim(session: Session, ledger: Books, claim: Claim, points: int) -> None:
    """Post an award out of the claim's own hold, once, unless the hold had expired by the decision's time."""
    hold, account = _undecided_hold(session, ledger, claim), ledger.find_account(claim.rider_id)
    if hold is None or account is None or hold.outcome == rules.AWARDED:
        return
    split = rules.split_of(points, held=hold.points if hold.outcome is None else 0)
    matter = Matter(hold.cause_kind, hold.cause_id, hold.subdistrict)
    hold.outcome = rules.AWARDED
    _book_award(session, ledger, account, chart.award(hold.rider_id, matter, split))
    if split.left > 0:
        _release_hold(session, ledger, hold, split.left, "settled")


def _release_claim(session: Session, ledger: Books, claim: Claim, reason: str) -> None:
    hold = _undecided_hold(session, ledger, claim)
    if hold is not None and hold.outcome is None:
        _release_hold(session, ledger, hold, hold.points, reason)


def _undecided_hold(session: Session, ledger: Books, claim: Claim) -> Hold | None:
    """Return the claim's hold; None from the moment at which it expires."""
    hold = ledger.find_hold(claim.hazard_id)
    return None if hold is None or now(session) >= hold.expires_at else hold


def _book_award(session: Session, ledger: Books, account: Account, movement: chart.Movement) -> None:
    entry = ledger.book(account, movement, PointsAwardedV1, now(session))
    tell(session, entry, telling.awarded(entry, ledger.add_lot(movement, entry)))


def _release_hold(session: Session, ledger: Books, hold: Hold, points: int, reason: str) -> None:
    """Let go of points that are held, unless the rider was erased."""
    account = ledger.find_account(hold.rider_id)
    if account is None:
        return
    matter = Matter(hold.cause_kind, hold.cause_id, hold.subdistrict)
    entry = ledger.book(account, chart.release(hold.rider_id, matter, points), PointsReleasedV1, now(session))
    hold.outcome = hold.outcome or rules.RELEASED
    tell(session, entry, telling.released(hold, points, reason))


STEPS: Mapping[type[Event], Callable[[Session, Books, Any], None]] = {
    HazardReportedV1: hold_points_for_report,
    HazardVerifiedV1: award_for_verified_hazard,
    HazardRejectedV1: release_for_rejected_hazard,
    HazardMergedV1: join_merged_report,
}

HANDLERS: Handlers = {
    **dict.fromkeys(STEPS, together(follow_hazards, key=_rider_of, others=_claimants_of)),
    AttendanceConfirmedV1: together(award_for_attendance, key=attrgetter("rider_id")),
    RiderRegisteredV1: each(open_account, key=attrgetter("rider_id")),
    RiderMovedV1: each(move_account, key=attrgetter("rider_id")),
}

TIMERS: Timers = {"expire-hold": release_expired_hold, "expire-lot": expire_lot}
