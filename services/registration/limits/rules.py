"""How often anyone may ask for a code, try a secret or change own facts: uses of a bucket in a sliding window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from shared.validity import valid_at

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONGEST_WINDOW = DAY


@dataclass(frozen=True)
class Limit:
    """At most `uses_max` uses of a bucket within any `window`, which is at most `LONGEST_WINDOW`.

    With a `pause` more uses are slowed down to one in each pause, instead of refused until the window has passed.
    """

    bucket: str
    uses_max: int
    window: timedelta
    pause: timedelta | None = None


@dataclass(frozen=True)
class LimitRule:
    """The limits that hold from a day on; buckets `*-all` are shared by everybody.

    `phone` refuses a code. `known` and `unknown` are the budgets of messages to phones of riders and to all others; who
    asks from a network that the rider signed in from before needs neither.
    What is over `code_try` has its last try. `password_try_known` is for who signed in from the network before.
    `rider_changes` is what a rider may change, each told and kept for ever; what staff change is not counted.
    """

    valid_from: date
    phone: tuple[Limit, ...]
    known: tuple[Limit, ...]
    unknown: tuple[Limit, ...]
    code_try: tuple[Limit, ...]
    password_try_known: tuple[Limit, ...]
    password_try: tuple[Limit, ...]
    rider_changes: tuple[Limit, ...]


DETAILS, MOVE, CONSENT = "rider-details", "rider-move", "rider-consent"
WRONG_FROM_PLACE = (Limit("wrong-address", 60, HOUR), Limit("wrong-network", 200, HOUR))
WRONG_FOR_LOGIN = (Limit("wrong-login-network", 10, 15 * MINUTE),)
FIRST = LimitRule(
    valid_from=date(2024, 1, 1),
    phone=(Limit("code-phone", 1, MINUTE), Limit("code-phone", 5, HOUR), Limit("code-phone", 10, DAY)),
    known=(Limit("code-known-network", 300, HOUR), Limit("code-known-all", 2000, HOUR)),
    unknown=(
        Limit("code-address", 60, HOUR),
        Limit("code-network", 200, HOUR),
        Limit("code-unknown-all", 1000, HOUR),
    ),
    code_try=(*WRONG_FROM_PLACE, Limit("wrong-all", 1000, HOUR)),
    password_try_known=WRONG_FOR_LOGIN,
    password_try=(*WRONG_FOR_LOGIN, *WRONG_FROM_PLACE, Limit("wrong-login", 100, HOUR, pause=MINUTE / 2)),
    rider_changes=(Limit(DETAILS, 20, DAY), Limit(MOVE, 5, DAY), Limit(CONSENT, 20, DAY)),
)


def limit_rule(moment: datetime, rules: Sequence[LimitRule] = (FIRST,)) -> LimitRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(rules, moment)


def free_at(limit: Limit, use: datetime | None, newest: datetime | None) -> datetime | None:
    """Return when the limit's bucket is free again; `use` is its `uses_max`-th newest use, if there are so many."""
    if use is None:
        return None
    over = use + limit.window
    return over if limit.pause is None or newest is None else min(over, newest + limit.pause)


def wait_s(moment: datetime, free: Sequence[datetime | None]) -> int:
    """Return how many whole seconds to wait until all of them are free, 0 when they are."""
    return max(
        (ceil((until - moment).total_seconds()) for until in free if until is not None and until > moment), default=0
    )
