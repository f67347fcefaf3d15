"""How long a redemption may be undone, and how many wrong codes a partner's account may enter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from shared.validity import valid_at


@dataclass(frozen=True)
class RedemptionRule:
    """`wrong_codes_max` wrong codes within any `window`, then no more tries until the oldest of them has passed it."""

    valid_from: date
    undo_within: timedelta
    wrong_codes_max: int
    window: timedelta


FIRST_RULES = (RedemptionRule(date(2024, 1, 1), timedelta(seconds=60), 30, timedelta(hours=1)),)


def redemption_rule(moment: datetime, rules: Sequence[RedemptionRule] = FIRST_RULES) -> RedemptionRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(rules, moment)


def undo_until(redeemed_at: datetime) -> datetime:
    """Return the moment from which a redemption can no longer be undone."""
    return redeemed_at + redemption_rule(redeemed_at).undo_within


def wait_s(wrong_at: Sequence[datetime], now: datetime) -> int:
    """Return how many whole seconds to wait before the next try, 0 when it is free; `wrong_at` in any order."""
    rule = redemption_rule(now)
    recent = sorted(moment for moment in wrong_at if moment > now - rule.window)
    if len(recent) < rule.wrong_codes_max:
        return 0
    return ceil((recent[-rule.wrong_codes_max] + rule.window - now).total_seconds())
