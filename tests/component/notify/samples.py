"""One event, at least, of every class that makes a notice."""

from datetime import UTC, datetime
from typing import Any

from shared.events import governance, registration, rewards, training
from shared.events.envelope import Event

RIDER, OTHER = "rider-1", "rider-2"
MOMENT = datetime(2026, 9, 25, 12, 0, tzinfo=UTC)
HERE: dict[str, Any] = {"subdistrict": "110108005"}
HAZARD: dict[str, Any] = {**HERE, "hazard_id": "hazard-1"}
RIDERS_HAZARD: dict[str, Any] = {**HAZARD, "rider_id": RIDER}
VOUCHER: dict[str, Any] = {**HERE, "voucher_id": "voucher-1", "rider_id": RIDER, "offer_id": "offer-1"}
TITLES: dict[str, Any] = {"title_zh": "急救", "title_en": "First aid"}
CLASS: dict[str, Any] = {**HERE, **TITLES, "class_id": "class-1", "course_id": "course-1", "starts_at": MOMENT}
POINTS: dict[str, Any] = {**HERE, "rider_id": RIDER, "points": 10}
CAUSE: dict[str, Any] = {"cause_kind": "hazard", "cause_id": "hazard-1"}
CERTIFICATE: dict[str, Any] = {**HERE, "certificate_id": "cert-1", "number": "HD-2026-TRPZF1FA2", "rider_id": RIDER}
MERGE: dict[str, Any] = {
    **HAZARD,
    "merged_hazard_id": "hazard-2",
    "merged_rider_id": OTHER,
    "merged_reported_at": MOMENT,
    "merged_subdistrict": "110108005",
    "merged_earns": True,
}

SAMPLES: tuple[Event, ...] = (
    registration.RiderRegisteredV1(**HERE, rider_id=RIDER, platform="meituan", language="en"),
    governance.HazardReportedV1(**RIDERS_HAZARD, community="110108005001", category="blocked", earns=True),
    governance.HazardReportedV1(**RIDERS_HAZARD, community="110108005001", category="blocked", earns=False),
    governance.HazardReportedV1(
        **RIDERS_HAZARD, community="110108005001", category="blocked", earns=False, no_award="own-photo-again"
    ),
    governance.HazardVerifiedV1(**RIDERS_HAZARD, severity="high"),
    governance.HazardRejectedV1(**RIDERS_HAZARD, reason="unclear"),
    governance.HazardMergedV1(**MERGE, shares_award=True),
    governance.HazardMergedV1(**MERGE, shares_award=False),
    rewards.PointsAwardedV1(**POINTS, **CAUSE, entry_id="e", lot_id="l", expires_at=MOMENT),
    rewards.PointsReleasedV1(**POINTS, **CAUSE, hold_id="h", reason="expired"),
    rewards.PointsExpiredV1(**POINTS, entry_id="e", lot_id="l"),
    rewards.PointsReversedV1(**POINTS, entry_id="e", reversed_entry_id="d", reason="issued-in-error"),
    rewards.VoucherIssuedV1(**VOUCHER, points=50, expires_at=MOMENT),
    rewards.VoucherRedeemedV1(**VOUCHER, partner_id="partner-1"),
    rewards.VoucherRedemptionUndoneV1(**VOUCHER, partner_id="partner-1"),
    rewards.VoucherVoidedV1(**VOUCHER, reason="misuse", points_returned=50),
    rewards.VoucherExpiredV1(**VOUCHER),
    training.CourseOrderedV1(**HERE, order_id="order-1", rider_id=RIDER, course_id="course-1"),
    training.ClassOpenedV1(**CLASS, rider_ids=(RIDER,)),
    training.ClassJoinedV1(**CLASS, rider_id=RIDER),
    training.ClassChangedV1(**CLASS, rider_ids=(RIDER, OTHER)),
    training.CertificateIssuedV1(**CERTIFICATE, **TITLES, class_id="class-1", course_id="course-1"),
    training.CertificateRevokedV1(**CERTIFICATE, reason="misuse"),
)
SAMPLE_IDS = [f"{place}-{type(event).__name__}" for place, event in enumerate(SAMPLES)]
