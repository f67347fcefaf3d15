"""Bodies and answers about vouchers."""

from datetime import datetime
from typing import Literal

from services.rewards.schemas import Body, Id, View

VoidingReason = Literal["issued-in-error", "rider-request", "offer-ended", "partner-closed", "misuse"]


class VoucherOrder(Body):
    """The offer for which points are to be reserved."""

    offer_id: Id


class Voiding(Body):
    """Why a voucher is to be voided."""

    reason: VoidingReason


class VoucherAnswer(View):
    """A voucher as commands answer with it: never with its code."""

    id: str
    offer_id: str
    subdistrict: str
    kind: str
    title_zh: str
    title_en: str
    points: int
    state: str
    reserved_until: datetime
    issued_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    reason: str | None


class VoucherView(VoucherAnswer):
    """A voucher with its code, which is shown to its rider only."""

    code: str | None


class VoidingView(VoucherAnswer):
    """A void voucher, with what went back to the rider and what of it had expired meanwhile."""

    points_returned: int
    points_expired: int
