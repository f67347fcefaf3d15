"""What rewards tells: points of riders, and vouchers."""

from datetime import datetime

from shared.events.envelope import Event


class PointsHeldV1(Event, source="rewards", subject="rider_id"):
    """Points were set aside: promised for a report (`cause_kind` hazard) or reserved for a voucher (voucher)."""

    rider_id: str
    hold_id: str
    points: int
    cause_kind: str
    cause_id: str


class PointsAwardedV1(Event, source="rewards", subject="rider_id"):
    """Points became the rider's own, as one lot that expires."""

    rider_id: str
    entry_id: str
    lot_id: str
    points: int
    cause_kind: str
    cause_id: str
    expires_at: datetime


class PointsReleasedV1(Event, source="rewards", subject="rider_id"):
    """A hold ended without its points being used; `reason` is a code."""

    rider_id: str
    hold_id: str
    points: int
    cause_kind: str
    cause_id: str
    reason: str


class PointsSpentV1(Event, source="rewards", subject="rider_id"):
    """Points were spent on a voucher."""

    rider_id: str
    entry_id: str
    points: int
    voucher_id: str


class PointsExpiredV1(Event, source="rewards", subject="rider_id"):
    """What was left of a lot expired."""

    rider_id: str
    entry_id: str
    lot_id: str
    points: int


class PointsReversedV1(Event, source="rewards", subject="rider_id"):
    """An entry was corrected by its reverse; `points` is what the rider's balance changed by."""

    rider_id: str
    entry_id: str
    reversed_entry_id: str
    points: int
    reason: str


class VoucherIssuedV1(Event, source="rewards", subject="voucher_id"):
    """A rider holds a voucher."""

    voucher_id: str
    rider_id: str
    offer_id: str
    points: int
    expires_at: datetime


class VoucherRedeemedV1(Event, source="rewards", subject="voucher_id"):
    """A partner took the voucher."""

    voucher_id: str
    rider_id: str
    offer_id: str
    partner_id: str


class VoucherRedemptionUndoneV1(Event, source="rewards", subject="voucher_id"):
    """The partner undid the redemption in time; the voucher is the rider's again."""

    voucher_id: str
    rider_id: str
    offer_id: str
    partner_id: str


class VoucherVoidedV1(Event, source="rewards", subject="voucher_id"):
    """Staff voided the voucher; `reason` is a code, `points_returned` went back to the rider."""

    voucher_id: str
    rider_id: str
    offer_id: str
    reason: str
    points_returned: int


class VoucherExpiredV1(Event, source="rewards", subject="voucher_id"):
    """The voucher was not used in time."""

    voucher_id: str
    rider_id: str
    offer_id: str


class OfferChangedV1(Event, source="rewards", subject="offer_id", internal=True):
    """Staff made or changed an offer."""

    offer_id: str
    kind: str
    title_zh: str
    title_en: str
    points: int
    active: bool
    valid_days: int | None = None


class AccountMovedV1(Event, source="rewards", subject="rider_id", internal=True):
    """A rider's account follows the rider to another sub-district."""

    rider_id: str
    previous_subdistrict: str
