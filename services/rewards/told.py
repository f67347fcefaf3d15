"""What events tell of the rows of rewards: those of its own log, and those that it hears."""

from services.rewards.ledger import chart
from services.rewards.ledger import rules as ledger_rules
from services.rewards.ledger.models import Balance, Claim, Hold, Lot
from services.rewards.models import OFFICES
from services.rewards.offers.models import Offer
from services.rewards.redemptions.models import Partner, Redemption
from services.rewards.vouchers import rules
from services.rewards.vouchers.models import Voucher, VoucherCode
from shared.clock import local_day
from shared.events.envelope import Envelope
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import PartnerChangedV1, RiderMovedV1, RiderRegisteredV1
from shared.events.rewards import (
    OfferChangedV1,
    PointsAwardedV1,
    PointsHeldV1,
    PointsReleasedV1,
    PointsSpentV1,
    VoucherExpiredV1,
    VoucherIssuedV1,
    VoucherRedeemedV1,
    VoucherRedemptionUndoneV1,
    VoucherVoidedV1,
)
from shared.told import Record, Rows
from shared.validity import valid_at


def _offer_changed(rows: Rows, event: OfferChangedV1, _envelope: Envelope) -> None:
    rows.put(event.offer_id, **event.model_dump(exclude={"offer_id"}, exclude_none=True))


def _voucher_reserved(rows: Rows, event: PointsHeldV1, envelope: Envelope) -> None:
    if event.cause_kind == chart.VOUCHER:
        until = envelope.time + rules.voucher_rule(envelope.time).reserved_for
        facts = {"rider_id": event.rider_id, "subdistrict": event.subdistrict, "points": event.points}
        unset = dict.fromkeys(("issued_at", "expires_at", "ended_at", "reason", "points_returned"))
        times = {"reserved_at": envelope.time, "reserved_until": until}
        rows.put(event.cause_id, state=rules.RESERVED, **facts, **times, **unset)


def _reservation_ended(rows: Rows, event: PointsReleasedV1, envelope: Envelope) -> None:
    if event.cause_kind == chart.VOUCHER:
        rows.put(event.cause_id, state=rules.RELEASED, ended_at=envelope.time)


def _voucher_issued(rows: Rows, event: VoucherIssuedV1, envelope: Envelope) -> None:
    days = (local_day(event.expires_at) - local_day(envelope.time)).days - 1
    facts = event.model_dump(exclude={"voucher_id"})
    rows.put(event.voucher_id, state=rules.ISSUED, issued_at=envelope.time, valid_days=days, **facts)


def _voucher_redeemed(rows: Rows, event: VoucherRedeemedV1, envelope: Envelope) -> None:
    rows.put(event.voucher_id, state=rules.REDEEMED, ended_at=envelope.time)


def _voucher_returned(rows: Rows, event: VoucherRedemptionUndoneV1, _envelope: Envelope) -> None:
    rows.put(event.voucher_id, state=rules.ISSUED, ended_at=None)


def _voucher_expired(rows: Rows, event: VoucherExpiredV1, envelope: Envelope) -> None:
    rows.put(event.voucher_id, state=rules.EXPIRED, ended_at=envelope.time)


def _voucher_voided(rows: Rows, event: VoucherVoidedV1, envelope: Envelope) -> None:
    why = {"reason": event.reason, "points_returned": event.points_returned}
    rows.put(event.voucher_id, state=rules.VOID, ended_at=envelope.time, **why)


def _code_given(rows: Rows, event: VoucherIssuedV1, _envelope: Envelope) -> None:
    rows.put(event.voucher_id, rider_id=event.rider_id)


def _redeemed(rows: Rows, event: VoucherRedeemedV1, envelope: Envelope) -> None:
    rows.notes[event.voucher_id] = envelope.time
    rows.put(event.voucher_id, envelope.time, offer_id=event.offer_id, partner_id=event.partner_id, undone_at=None)


def _undone(rows: Rows, event: VoucherRedemptionUndoneV1, envelope: Envelope) -> None:
    rows.put(event.voucher_id, rows.notes.get(event.voucher_id), undone_at=envelope.time)


def _hold_opened(rows: Rows, event: PointsHeldV1, envelope: Envelope) -> None:
    lasts = (
        valid_at(ledger_rules.HAZARD_RULES, envelope.time).undecided_after
        if event.cause_kind == chart.HAZARD
        else rules.voucher_rule(envelope.time).reserved_for
    )
    rows.notes[event.cause_kind, event.cause_id] = event.hold_id
    facts = event.model_dump(exclude={"hold_id"})
    rows.put(event.hold_id, **facts, expires_at=envelope.time + lasts, outcome=None)


def _hold_released(rows: Rows, event: PointsReleasedV1, _envelope: Envelope) -> None:
    outcome = rows.get((event.hold_id,), {}).get("outcome")
    rows.put(event.hold_id, outcome=outcome or ledger_rules.RELEASED)


def _hold_awarded(rows: Rows, event: PointsAwardedV1, _envelope: Envelope) -> None:
    hold_id = rows.notes.get((event.cause_kind, event.cause_id))
    if hold_id is not None:
        rows.put(hold_id, outcome=ledger_rules.AWARDED)


def _hold_spent(rows: Rows, event: PointsSpentV1, _envelope: Envelope) -> None:
    rows.put(rows.notes.get((chart.VOUCHER, event.voucher_id)), outcome=ledger_rules.SPENT)


def _lot_awarded(rows: Rows, event: PointsAwardedV1, _envelope: Envelope) -> None:
    rows.put(event.lot_id, **event.model_dump(exclude={"lot_id", "cause_kind", "cause_id"}))


def _partner_changed(rows: Rows, event: PartnerChangedV1, _envelope: Envelope) -> None:
    rows.put(event.partner_id, subdistrict=event.subdistrict, kind=event.kind, active=event.active)


def _account_opened(rows: Rows, event: RiderRegisteredV1, envelope: Envelope) -> None:
    if (event.rider_id,) not in rows:
        rows.put(event.rider_id, subdistrict=event.subdistrict, moved_at=envelope.time)


def _account_moved(rows: Rows, event: RiderMovedV1, envelope: Envelope) -> None:
    moved_at = rows.get((event.rider_id,), {}).get("moved_at")
    if moved_at is None or moved_at <= envelope.time:
        rows.put(event.rider_id, subdistrict=event.subdistrict, moved_at=envelope.time)


def _claim_opened(rows: Rows, report: ledger_rules.Report) -> None:
    unset = dict.fromkeys(("survivor_id", "merged_at", "decision", "decided_at", "severity", "reason"))
    facts = {"rider_id": report.rider_id, "subdistrict": report.subdistrict, "earns": report.earns}
    rows.setdefault((report.hazard_id,), {**facts, "reported_at": report.reported_at, "shares": False, **unset})


def _reported(rows: Rows, event: HazardReportedV1, envelope: Envelope) -> None:
    facts = (event.hazard_id, event.rider_id, event.subdistrict, event.earns)
    _claim_opened(rows, ledger_rules.Report(*facts, envelope.time))


def _verified(rows: Rows, event: HazardVerifiedV1, envelope: Envelope) -> None:
    decided = {"decision": ledger_rules.VERIFIED, "decided_at": envelope.time}
    rows.put(event.hazard_id, **decided, severity=event.severity)


def _rejected(rows: Rows, event: HazardRejectedV1, envelope: Envelope) -> None:
    decided = {"decision": ledger_rules.REJECTED, "decided_at": envelope.time}
    rows.put(event.hazard_id, **decided, reason=event.reason)


def _merged(rows: Rows, event: HazardMergedV1, envelope: Envelope) -> None:
    facts = (event.merged_hazard_id, event.merged_rider_id, event.merged_subdistrict, event.merged_earns)
    _claim_opened(rows, ledger_rules.Report(*facts, event.merged_reported_at))
    claim = rows[event.merged_hazard_id,]
    known = (claim["merged_at"], claim["survivor_id"]) if claim["merged_at"] else None
    if ledger_rules.is_later_merge(envelope.time, event.hazard_id, than=known):
        claim.update(survivor_id=event.hazard_id, merged_at=envelope.time, shares=event.shares_award)


NAMELESS = {"rider_id": None}
TOLD = (
    Record(model=Offer, rider=None, steps={OfferChangedV1: _offer_changed}),
    Record(
        model=Voucher,
        erased=NAMELESS,
        steps={
            PointsHeldV1: _voucher_reserved,
            PointsReleasedV1: _reservation_ended,
            VoucherIssuedV1: _voucher_issued,
            VoucherRedeemedV1: _voucher_redeemed,
            VoucherRedemptionUndoneV1: _voucher_returned,
            VoucherExpiredV1: _voucher_expired,
            VoucherVoidedV1: _voucher_voided,
        },
    ),
    Record(model=VoucherCode, key=("voucher_id",), steps={VoucherIssuedV1: _code_given}),
    Record(
        model=Redemption,
        key=("voucher_id", "redeemed_at"),
        rider=None,
        steps={VoucherRedeemedV1: _redeemed, VoucherRedemptionUndoneV1: _undone},
    ),
    Record(
        model=Hold,
        steps={
            PointsHeldV1: _hold_opened,
            PointsReleasedV1: _hold_released,
            PointsAwardedV1: _hold_awarded,
            PointsSpentV1: _hold_spent,
        },
    ),
    Record(model=Lot, steps={PointsAwardedV1: _lot_awarded}),
)
HEARD = {
    "registration": (
        Record(model=Partner, rider=None, steps={PartnerChangedV1: _partner_changed}),
        OFFICES.record,
        Record(
            model=Balance,
            key=("rider_id",),
            otherwise={"subdistrict": None, "moved_at": None},
            steps={RiderRegisteredV1: _account_opened, RiderMovedV1: _account_moved},
        ),
    ),
    "governance": (
        Record(
            model=Claim,
            key=("hazard_id",),
            erased=NAMELESS,
            steps={
                HazardReportedV1: _reported,
                HazardVerifiedV1: _verified,
                HazardRejectedV1: _rejected,
                HazardMergedV1: _merged,
            },
        ),
    ),
}
CHECKED = {
    "voucher": "kind title_zh title_en",
    "redemption": "kind title_zh title_en",
    "balance": "available held reserved earned_total",
    "entry": "id time kind key cause_kind cause_id subdistrict event_id reverses",
    "posting": "account entry_id points",
    "lot_use": "lot_id points",
}
UNTOLD = {
    "voucher.code_digest": "a digest under a key that no audit is given",
    "voucher_code.code": "sealed under the rider's key",
    "redemption.id": "no event tells it; the redemption is found by its voucher and its time",
    "lot_use.entry_id": "what is used of each lot is added up, and compared with what is left of all",
    "wrong_code.id": "counts for minutes, then it is deleted",
    "wrong_code.person_id": "counts for minutes, then it is deleted",
    "wrong_code.entered_at": "counts for minutes, then it is deleted",
}
