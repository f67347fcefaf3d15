"""Rows of the ledger as plain values, for those who change many at once; the fields are columns of `models.py`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Account:
    """What a rider's balance says of points."""

    rider_id: str
    available: int
    held: int
    reserved: int
    earned_total: int


@dataclass(slots=True, kw_only=True)
class Entry:
    """One balanced change."""

    id: str
    time: datetime
    kind: str
    key: str
    cause_kind: str
    cause_id: str
    subdistrict: str
    event_id: str
    reverses: str | None


@dataclass(slots=True)
class Posting:
    """One line of an entry."""

    account: str
    entry_id: str
    points: int


@dataclass(slots=True, kw_only=True)
class Lot:
    """Points of one award."""

    id: str
    rider_id: str
    subdistrict: str
    points: int
    expires_at: datetime
    entry_id: str


@dataclass(slots=True)
class Hold:
    """Points set aside."""

    id: str
    rider_id: str
    subdistrict: str
    cause_kind: str
    cause_id: str
    points: int
    expires_at: datetime
    outcome: str | None = None


@dataclass(slots=True)
class Claim:
    """What a report may earn, and what was decided of it."""

    hazard_id: str
    rider_id: str | None
    subdistrict: str
    earns: bool
    reported_at: datetime
    shares: bool = False
    survivor_id: str | None = None
    merged_at: datetime | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    severity: str | None = None
    reason: str | None = None
