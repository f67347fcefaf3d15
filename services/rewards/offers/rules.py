"""What may be offered for points, and the first values of an offer; rules kept as data, each from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.clock import end_of_local_day, local_day

POINTS_MAX, VALID_DAYS_MAX = 100_000, 366


@dataclass(frozen=True)
class KindRule:
    """What an offer of a kind costs and for how long its vouchers are good, unless staff say otherwise.

    A sub-district's staff may not ask for less than `points_min`: points are the whole district's. Partners of the
    same kind redeem it.
    """

    valid_from: date
    kind: str
    points: int
    points_min: int
    valid_days: int


FIRST_DAY = date(2024, 1, 1)
KIND_RULES = (
    KindRule(FIRST_DAY, "laundry", points=50, points_min=25, valid_days=30),
    KindRule(FIRST_DAY, "haircut", points=80, points_min=40, valid_days=30),
    KindRule(FIRST_DAY, "meal", points=30, points_min=15, valid_days=30),
    KindRule(FIRST_DAY, "cool-down", points=10, points_min=5, valid_days=30),
)


def kind_rule(kind: str, moment: datetime, rules: Sequence[KindRule] = KIND_RULES) -> KindRule | None:
    """Return the newest rule of a kind at a moment, None for a kind that is not offered."""
    valid = [rule for rule in rules if rule.kind == kind and rule.valid_from <= local_day(moment)]
    return max(valid, key=lambda rule: rule.valid_from) if valid else None


def kinds(rules: Sequence[KindRule] = KIND_RULES) -> list[str]:
    """Return the kinds that may be offered."""
    return sorted({rule.kind for rule in rules})


def voucher_expiry(issued_at: datetime, valid_days: int) -> datetime:
    """Return the midnight in Asia/Shanghai at which a voucher issued now expires."""
    return end_of_local_day(issued_at + timedelta(days=valid_days))
