"""The chart of accounts, and every kind of movement on it; a movement that does not sum to zero cannot be made.

Accounts of a rider: `rider/<id>/held` (promised for a report), `/available` (may be spent), `/reserved` (set aside for
a voucher). Counter-accounts: `subdistrict/<code>/issued`, `/redeemed`, `/expired`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from services.rewards.ledger.records import Entry, Hold, Posting
from services.rewards.ledger.rules import Returned, Split
from shared.random import derived_id

AVAILABLE, HELD, RESERVED = "available", "held", "reserved"
ISSUED, REDEEMED, EXPIRED = "issued", "redeemed", "expired"
RIDER_PARTS = (AVAILABLE, HELD, RESERVED)

HAZARD, ATTENDANCE, VOUCHER, LOT, ENTRY = "hazard", "attendance", "voucher", "lot", "entry"

HOLD, AWARD, RELEASE, RESERVE, SPEND = "hold", "award", "release", "reserve", "spend"
EXPIRE, GIVE_BACK, CORRECT, FORFEIT = "expire", "give-back", "correct", "forfeit"
EARNING = (AWARD, CORRECT)


class UnbalancedError(ValueError):
    """A movement whose postings do not sum to zero."""


class OverdrawnError(ValueError):
    """A movement that takes more from a rider's account than there is."""


class Parts(Protocol):
    """A rider's account, wherever it is kept."""

    available: int
    held: int
    reserved: int
    earned_total: int


@dataclass(frozen=True)
class Matter:
    """What a movement is about, and the sub-district whose counter-accounts it is booked against."""

    kind: str
    id: str
    subdistrict: str


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One balanced change of the ledger; its `key` lets it be booked once."""

    kind: str
    rider_id: str
    matter: Matter
    postings: Mapping[str, int]
    nth: int = 1
    reverses: str | None = None

    def __post_init__(self) -> None:
        """Raise UnbalancedError unless the postings sum to zero."""
        if sum(self.postings.values()) != 0:
            raise UnbalancedError(self.key)

    @property
    def key(self) -> str:
        """What it is booked once for."""
        return "/".join((self.kind, self.matter.kind, self.matter.id, self.rider_id, str(self.nth)))

    def change_of(self, part: str) -> int:
        """Return what one of the rider's accounts changes by."""
        return self.postings.get(of_rider(self.rider_id, part), 0)

    @property
    def earned(self) -> int:
        """Return what the points ever earned change by."""
        return self.change_of(AVAILABLE) if self.kind in EARNING else 0


def of_rider(rider_id: str, part: str) -> str:
    """Return the name of a rider's account."""
    return f"rider/{rider_id}/{part}"


def rider_of(account: str) -> str:
    """Return whose account it is, by its name; a rider's accounts only."""
    return account.split("/")[1]


def rider_of_key(key: str) -> str:
    """Return whose accounts a movement changed, by its key."""
    return key.rsplit("/", 2)[1]


def of_subdistrict(code: str, part: str) -> str:
    """Return the name of a sub-district's counter-account."""
    return f"subdistrict/{code}/{part}"


def entry_of(movement: Movement, told_by: str, at: datetime) -> Entry:
    """Return the entry of a movement; `told_by` is the type of the event that tells it."""
    key, matter = movement.key, movement.matter
    return Entry(
        id=derived_id(at, "entry", key),
        time=at,
        kind=movement.kind,
        key=key,
        cause_kind=matter.kind,
        cause_id=matter.id,
        subdistrict=matter.subdistrict,
        event_id=derived_id(at, told_by, movement.rider_id, key),
        reverses=movement.reverses,
    )


def postings_of(movement: Movement, entry: Entry) -> list[Posting]:
    """Return the lines of a movement's entry."""
    return [Posting(account, entry.id, points) for account, points in sorted(movement.postings.items())]


def hold_of(movement: Movement, points: int, at: datetime, expires_at: datetime) -> Hold:
    """Return the hold that keeps what a movement sets aside."""
    matter = movement.matter
    hold_id = derived_id(at, "hold", matter.kind, matter.id)
    return Hold(hold_id, movement.rider_id, matter.subdistrict, matter.kind, matter.id, points, expires_at)


def carry(movement: Movement, account: Parts) -> None:
    """Carry a movement into its rider's account; raises OverdrawnError when that would go below zero."""
    account.available += movement.change_of(AVAILABLE)
    account.held += movement.change_of(HELD)
    account.reserved += movement.change_of(RESERVED)
    account.earned_total += movement.earned
    if min(account.available, account.held, account.reserved) < 0:
        raise OverdrawnError(movement.key)


def promise(rider_id: str, matter: Matter, points: int) -> Movement:
    """Hold points for a report: not the rider's to spend yet."""
    return _movement(HOLD, rider_id, matter, {HELD: points, ISSUED: -points})


def award(rider_id: str, matter: Matter, split: Split) -> Movement:
    """Give points to the rider, from what is held for them and beyond."""
    total = split.from_hold + split.added
    return _movement(AWARD, rider_id, matter, {AVAILABLE: total, HELD: -split.from_hold, ISSUED: -split.added})


def release(rider_id: str, matter: Matter, points: int) -> Movement:
    """Let go of what is held for a report."""
    return _movement(RELEASE, rider_id, matter, {HELD: -points, ISSUED: points})


def reservation(rider_id: str, matter: Matter, points: int) -> Movement:
    """Set the rider's points aside for a voucher."""
    return _movement(RESERVE, rider_id, matter, {RESERVED: points, AVAILABLE: -points})


def end_of_reservation(rider_id: str, matter: Matter, points: int) -> Movement:
    """Let go of what is set aside for a voucher."""
    return _movement(RELEASE, rider_id, matter, {RESERVED: -points, AVAILABLE: points})


def spending(rider_id: str, matter: Matter, points: int) -> Movement:
    """Spend what is set aside for a voucher."""
    return _movement(SPEND, rider_id, matter, {RESERVED: -points, REDEEMED: points})


def giving_back(rider_id: str, matter: Matter, back: Returned, spent_entry_id: str) -> Movement:
    """Reverse the spending on a voucher; what has expired meanwhile does not come back."""
    postings = {REDEEMED: -back.points - back.lost, AVAILABLE: back.points, EXPIRED: back.lost}
    return replace(_movement(GIVE_BACK, rider_id, matter, postings), reverses=spent_entry_id)


def correction(rider_id: str, matter: Matter, points: int) -> Movement:
    """Reverse an award, the entry that the matter names."""
    return replace(_movement(CORRECT, rider_id, matter, {AVAILABLE: -points, ISSUED: points}), reverses=matter.id)


def expiry(rider_id: str, matter: Matter, points: int, nth: int) -> Movement:
    """Let what is left of a lot expire, for the nth time."""
    return replace(_movement(EXPIRE, rider_id, matter, {AVAILABLE: -points, EXPIRED: points}), nth=nth)


def forfeiture(rider_id: str, matter: Matter, points: int) -> Movement:
    """Reverse what is left of an award, the entry that the matter names: its rider is erased."""
    return replace(_movement(FORFEIT, rider_id, matter, {AVAILABLE: -points, ISSUED: points}), reverses=matter.id)


def _movement(kind: str, rider_id: str, matter: Matter, parts: Mapping[str, int]) -> Movement:
    postings = {_account(rider_id, matter, part): points for part, points in parts.items() if points != 0}
    return Movement(kind=kind, rider_id=rider_id, matter=matter, postings=postings)


def _account(rider_id: str, matter: Matter, part: str) -> str:
    return of_rider(rider_id, part) if part in RIDER_PARTS else of_subdistrict(matter.subdistrict, part)
