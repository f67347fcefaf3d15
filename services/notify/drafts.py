"""Who is told what of an event: one table from event class to notices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events import governance, registration, rewards, training
from shared.events.envelope import Event

SETTLED = "settled"
UNTOLD = "not-told"


@dataclass(frozen=True)
class Draft:
    """A notice to be made: which template, for whom, with which ids, codes, numbers, times and titles."""

    template: str
    person_id: str
    parameters: Mapping[str, str]


def drafts_of(event: Event) -> Sequence[Draft]:
    """Return the notices that an event gives rise to; a person whose id was erased from it gets none."""
    return [draft for draft in COMPOSED[type(event)](event) if draft.person_id]


def _draft(template: str, event: Event, *fields: str, person_id: str | None = None, **more: str) -> Draft:
    values = {name: getattr(event, name) for name in fields}
    told = {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in values.items()}
    return Draft(template, str(getattr(event, "rider_id", "")) if person_id is None else person_id, {**told, **more})


def _of_report(event: governance.HazardReportedV1) -> list[Draft]:
    if event.earns:
        return [_draft("hazard-received", event, "hazard_id", "community")]
    reason = event.no_award or UNTOLD
    return [_draft("hazard-received-without-points", event, "hazard_id", "community", reason=reason)]


def _of_merge(event: governance.HazardMergedV1) -> list[Draft]:
    template = "hazard-merged" if event.shares_award else "hazard-merged-without-points"
    return [_draft(template, event, "hazard_id", "merged_hazard_id", person_id=event.merged_rider_id)]


def _of_class(template: str) -> Callable[[training.ClassOpenedV1 | training.ClassChangedV1], list[Draft]]:
    def compose(event: training.ClassOpenedV1 | training.ClassChangedV1) -> list[Draft]:
        fields = ("class_id", "title_zh", "title_en", "starts_at")
        return [_draft(template, event, *fields, person_id=rider_id) for rider_id in event.rider_ids]

    return compose


def _one(template: str, *fields: str) -> Callable[[Event], list[Draft]]:
    return lambda event: [_draft(template, event, *fields)]


def _of_points(template: str, *fields: str) -> Callable[[Any], list[Draft]]:
    return lambda event: [_draft(template, event, *fields, cause=event.cause_kind)]


def _of_release(event: rewards.PointsReleasedV1) -> list[Draft]:
    """Tell of a release, unless an award of the same step tells what became of the points."""
    if event.reason == SETTLED:
        return []
    return [_draft("points-released", event, "points", "reason", cause=event.cause_kind)]


COMPOSED: Mapping[type[Event], Callable[[Any], Sequence[Draft]]] = {
    registration.RiderRegisteredV1: _one("welcome"),
    governance.HazardReportedV1: _of_report,
    governance.HazardVerifiedV1: _one("hazard-verified", "hazard_id", "severity"),
    governance.HazardRejectedV1: _one("hazard-rejected", "hazard_id", "reason"),
    governance.HazardMergedV1: _of_merge,
    rewards.PointsAwardedV1: _of_points("points-awarded", "points", "expires_at"),
    rewards.PointsReleasedV1: _of_release,
    rewards.PointsExpiredV1: _one("points-expired", "points"),
    rewards.PointsReversedV1: _one("points-reversed", "points", "reason"),
    rewards.VoucherIssuedV1: _one("voucher-issued", "voucher_id", "points", "expires_at"),
    rewards.VoucherRedeemedV1: _one("voucher-redeemed", "voucher_id"),
    rewards.VoucherRedemptionUndoneV1: _one("voucher-redemption-undone", "voucher_id"),
    rewards.VoucherVoidedV1: _one("voucher-voided", "voucher_id", "reason", "points_returned"),
    rewards.VoucherExpiredV1: _one("voucher-expired", "voucher_id"),
    training.CourseOrderedV1: _one("course-ordered", "order_id"),
    training.ClassOpenedV1: _of_class("class-opened"),
    training.ClassJoinedV1: _one("class-joined", "class_id", "title_zh", "title_en", "starts_at"),
    training.ClassChangedV1: _of_class("class-changed"),
    training.CertificateIssuedV1: _one("certificate-issued", "number", "title_zh", "title_en"),
    training.CertificateRevokedV1: _one("certificate-revoked", "number", "reason"),
}
