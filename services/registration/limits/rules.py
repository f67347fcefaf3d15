"""How often anyone may ask for a code or try a secret; each limit counts uses of a bucket in a sliding window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from shared.validity import valid_at

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONGEST_WINDOW = DAY


@dataclass(frozen=True)
class Limit:
    """At most `uses_max` uses of a bucket within any `window`, which is at most `LONGEST_WINDOW`."""

    bucket: str
    uses_max: int
    window: timedelta


@dataclass(frozen=True)
class LimitRule:
    """The limits that hold from a day on; buckets `*-all` are shared by everybody."""

    valid_from: date
    code: tuple[Limit, ...]
    code_try: tuple[Limit, ...]
    password_try: tuple[Limit, ...]


FIRST = LimitRule(
    valid_from=date(2024, 1, 1),
    code=(
        Limit("code-phone", 1, MINUTE),
        Limit("code-phone", 5, HOUR),
        Limit("code-phone", 10, DAY),
        Limit("code-address", 20, HOUR),
        Limit("code-all", 2000, HOUR),
    ),
    code_try=(Limit("wrong-address", 60, HOUR), Limit("wrong-all", 1000, HOUR)),
    password_try=(
        Limit("wrong-login", 10, 15 * MINUTE),
        Limit("wrong-address", 60, HOUR),
        Limit("wrong-all", 1000, HOUR),
    ),
)


def limit_rule(moment: datetime, rules: Sequence[LimitRule] = (FIRST,)) -> LimitRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(rules, moment)


def free_at(limit: Limit, use: datetime | None) -> datetime | None:
    """Return when the limit's bucket is free again; `use` is its `uses_max`-th newest use, if there are so many."""
    return None if use is None else use + limit.window


def wait_s(moment: datetime, free: Sequence[datetime | None]) -> int:
    """Return how many whole seconds to wait until all of them are free, 0 when they are."""
    return max(
        (ceil((until - moment).total_seconds()) for until in free if until is not None and until > moment), default=0
    )
