"""What points are earned for, how long they last and which are spent first; rules kept as data, each from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.clock import end_of_local_day
from shared.validity import valid_at

VERIFIED, REJECTED = "verified", "rejected"
RELEASED, AWARDED, SPENT = "released", "awarded", "spent"


@dataclass(frozen=True)
class HazardRule:
    """What a report promises and earns; an award for an unknown severity is what was promised."""

    valid_from: date
    held: int
    undecided_after: timedelta
    awards: Mapping[str, int]
    share_divisor: int


@dataclass(frozen=True)
class AttendanceRule:
    """What attending a class earns."""

    valid_from: date
    points: int


@dataclass(frozen=True)
class LotRule:
    """How long points last: to the end of the day, in Asia/Shanghai, so many days after they were earned."""

    valid_from: date
    lasts: timedelta


@dataclass(frozen=True)
class LevelRule:
    """How many points ever earned lead to which level; level 1 begins at 0."""

    valid_from: date
    begins_at: tuple[int, ...]


FIRST_DAY = date(2024, 1, 1)
HAZARD_RULES = (HazardRule(FIRST_DAY, 10, timedelta(days=30), {"low": 5, "medium": 10, "high": 20, "critical": 50}, 2),)
ATTENDANCE_RULES = (AttendanceRule(FIRST_DAY, 10),)
LOT_RULES = (LotRule(FIRST_DAY, timedelta(days=365)),)
LEVEL_RULES = (LevelRule(FIRST_DAY, (0, 100, 300, 1000, 3000)),)


def hazard_award(severity: str, decided_at: datetime) -> int:
    """Return what the first report of a verified hazard earns."""
    rule = valid_at(HAZARD_RULES, decided_at)
    return rule.awards.get(severity, rule.held)


def shared_award(severity: str, decided_at: datetime) -> int:
    """Return what each merged report that shares earns: half of what the severity is worth to the first one.

    Whether the first one earns it does not count: its rider may be over the daily limit, or erased.
    """
    return max(1, hazard_award(severity, decided_at) // valid_at(HAZARD_RULES, decided_at).share_divisor)


def lot_expiry(earned_at: datetime) -> datetime:
    """Return the midnight in Asia/Shanghai at which points earned now expire."""
    return end_of_local_day(earned_at + valid_at(LOT_RULES, earned_at).lasts)


def level_of(earned_total: int, moment: datetime) -> int:
    """Return the level that points ever earned lead to, from 1 on."""
    return max(1, sum(start <= earned_total for start in valid_at(LEVEL_RULES, moment).begins_at))


def next_level_at(earned_total: int, moment: datetime) -> int | None:
    """Return how many points ever earned lead to the next level, None at the highest."""
    return next((start for start in valid_at(LEVEL_RULES, moment).begins_at if start > earned_total), None)


def is_later_merge(moment: datetime, survivor_id: str, *, than: tuple[datetime, str] | None) -> bool:
    """Tell whether a merge overrules the one known so far: the later one does, whichever arrives first."""
    return than is None or (moment, survivor_id) > than


@dataclass(frozen=True)
class Report:
    """A report as its claim keeps it, whichever event told of it first."""

    hazard_id: str
    rider_id: str
    subdistrict: str
    earns: bool
    reported_at: datetime


@dataclass(frozen=True)
class Split:
    """An award against what was held for it: taken from the hold, added to it, left of it."""

    from_hold: int
    added: int
    left: int


def split_of(award: int, held: int) -> Split:
    """Return how an award uses what is held: what exceeds it is added, what is left is released."""
    return Split(min(award, held), max(award - held, 0), max(held - award, 0))


@dataclass(frozen=True)
class LotState:
    """What is left of a lot, and when it expires."""

    lot_id: str
    left: int
    expires_at: datetime


@dataclass(frozen=True)
class Use:
    """Points taken of a lot; negative when they are given back."""

    lot_id: str
    points: int


def spendable(lots: Sequence[LotState], now: datetime) -> int:
    """Return how many points may be spent now."""
    return sum(lot.left for lot in lots if lot.expires_at > now)


def allocation(lots: Sequence[LotState], points: int, now: datetime) -> tuple[Use, ...] | None:
    """Return what to take of which lots, the oldest expiry first; None when they do not suffice."""
    if spendable(lots, now) < points:
        return None
    uses, missing = [], points
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.lot_id)):
        taken = min(lot.left, missing) if lot.expires_at > now else 0
        if taken > 0:
            uses.append(Use(lot.lot_id, taken))
            missing -= taken
    return tuple(uses)


@dataclass(frozen=True)
class Returned:
    """Points that come back to a rider: to lots that still hold, or too late."""

    to_lots: tuple[Use, ...]
    too_late: tuple[Use, ...]

    @property
    def points(self) -> int:
        """How many the rider may spend again."""
        return sum(use.points for use in self.to_lots)

    @property
    def lost(self) -> int:
        """How many had expired meanwhile."""
        return sum(use.points for use in self.too_late)


def returned(taken: Sequence[Use], expiries: Mapping[str, datetime], now: datetime) -> Returned:
    """Sort what was taken of lots into what goes back to them and what has expired meanwhile."""
    live = tuple(use for use in taken if expiries[use.lot_id] > now)
    return Returned(live, tuple(use for use in taken if expiries[use.lot_id] <= now))
