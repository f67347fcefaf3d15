"""What ends by itself when its time has come: a voucher, holds that nobody decided, the oldest lot of points."""

from datetime import datetime

from cheqi.demo.day import Day, Facts, Step, expect
from cheqi.demo.inbox import until_notices
from cheqi.demo.person import code_of
from cheqi.demo.points import until_points
from cheqi.demo.vouchers import REDEMPTIONS
from shared.clock import SHANGHAI

A_MONTH_LATER = datetime(2026, 10, 20, 9, 0, tzinfo=SHANGHAI)
BEFORE_EXPIRY = datetime(2027, 9, 18, 23, 59, tzinfo=SHANGHAI)
AFTER_EXPIRY = datetime(2027, 9, 19, 0, 0, tzinfo=SHANGHAI)


def let_voucher_expire(day: Day) -> Facts:
    """Move the clock by a month: the voucher that was left is refused as expired, its rider is told."""
    day.wait_until(A_MONTH_LATER)
    problem = day["laundry"].refused(REDEMPTIONS, {"code": day.made["forgotten code"]})
    expect("why not", code_of(problem), "voucher-expired")
    until_notices(day, "chen", frozenset({"Voucher expired"}))
    until_points(day, "chen", available=25)
    return {}


def release_undecided(day: Day) -> Facts:
    """After 30 days what was held for reports that nobody decided is released."""
    until_points(day, "lin", available=0)
    until_notices(day, "lin", frozenset({"预留积分已解除"}))
    return {"days": 30}


def expire_oldest_lot(day: Day) -> Facts:
    """At the end of the 365th day what is left of the first lot expires, and nothing of the second."""
    day.wait_until(BEFORE_EXPIRY)
    until_points(day, "chen", available=25)
    day.wait_until(AFTER_EXPIRY)
    until_points(day, "chen", available=10)
    until_points(day, "zhou", available=0)
    until_notices(day, "chen", frozenset({"Points expired"}))
    return {"expired": 15, "left": 10}


STEPS = (
    Step(
        "一个月后：小陈没用的券已过期，不能核销",
        "A month later Chen's voucher has expired, and is refused",
        let_voucher_expire,
    ),
    Step(
        "{days} 天无人处理的上报，预留积分已解除",
        "What was held for reports that nobody decided within {days} days is released",
        release_undecided,
    ),
    Step(
        "一年后零点：小陈最早一批剩下的 {expired} 分过期，后来的 {left} 分还在",
        "A year later at midnight the {expired} points left of Chen's first lot expire; the {left} of the second stay",
        expire_oldest_lot,
    ),
)
