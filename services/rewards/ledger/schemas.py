"""Bodies and answers about points."""

from datetime import datetime
from typing import Literal

from services.rewards.schemas import Body, View
from shared.web import Page

ReversalReason = Literal["issued-in-error", "attendance-disproved", "staged", "duplicate", "misuse"]


class Reversal(Body):
    """Why an entry is to be reversed."""

    reason: ReversalReason


class BalanceView(View):
    """A rider's points now; `available` may be spent, `held` is promised for reports, `reserved` for vouchers."""

    available: int
    held: int
    reserved: int
    earned_total: int
    level: int
    next_level_at: int | None
    next_expiry_at: datetime | None
    next_expiry_points: int


class EntryView(View):
    """One entry as it changed a rider's accounts."""

    id: str
    time: datetime
    kind: str
    cause_kind: str
    cause_id: str
    available: int
    held: int
    reserved: int
    reverses: str | None


class StatementView(View):
    """A rider's accounts as of a moment, and the entries that led there, newest first."""

    rider_id: str
    as_of: datetime
    available: int
    held: int
    reserved: int
    entries: Page[EntryView]


class ReversalView(View):
    """A reversing entry; `points` is what the rider's available points changed by."""

    id: str
    reverses: str | None
    time: datetime
    points: int
