"""What reports and classes earn, by rules that are data."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rewards.ledger import rules
from shared.validity import valid_at
from tests.moments import NOON


@pytest.mark.parametrize(("severity", "points"), [("low", 5), ("medium", 10), ("high", 20), ("critical", 50)])
def test_a_verified_report_earns_by_its_severity(severity: str, points: int) -> None:
    assert rules.hazard_award(severity, NOON) == points


def test_a_severity_that_nobody_knows_yet_earns_what_was_promised() -> None:
    assert rules.hazard_award("catastrophic", NOON) == 10


@pytest.mark.parametrize(("severity", "points"), [("low", 2), ("medium", 5), ("high", 10), ("critical", 25)])
def test_a_merged_report_that_shares_earns_half_rounded_down(severity: str, points: int) -> None:
    assert rules.shared_award(severity, NOON) == points


@given(award=st.integers(1, 10_000), held=st.integers(0, 10_000))
def test_an_award_uses_the_hold_first_and_nothing_is_lost_or_made_of_either(award: int, held: int) -> None:
    split = rules.split_of(award, held)

    assert split.from_hold + split.added == award
    assert split.from_hold + split.left == held
    assert min(split.from_hold, split.added, split.left) >= 0
    assert split.added == 0 or split.left == 0


def test_points_expire_at_the_end_of_the_day_in_shanghai_a_year_later() -> None:
    a_minute_before_midnight = datetime(2026, 9, 18, 15, 59, tzinfo=UTC)
    midnight = a_minute_before_midnight + timedelta(minutes=1)

    assert rules.lot_expiry(a_minute_before_midnight) == datetime(2027, 9, 18, 16, tzinfo=UTC)
    assert rules.lot_expiry(midnight) == datetime(2027, 9, 19, 16, tzinfo=UTC)


def test_the_newest_rule_that_holds_on_the_day_in_shanghai_is_chosen() -> None:
    old, new = rules.AttendanceRule(date(2024, 1, 1), 10), rules.AttendanceRule(date(2026, 9, 19), 15)
    midnight = datetime(2026, 9, 18, 16, tzinfo=UTC)

    assert valid_at((new, old), midnight) is new
    assert valid_at((new, old), midnight - timedelta(seconds=1)) is old


def test_before_the_first_rule_the_first_one_holds() -> None:
    only = rules.AttendanceRule(date(2026, 9, 19), 15)

    assert valid_at((only,), NOON) is only


@pytest.mark.parametrize(
    ("earned", "level", "following"),
    [(0, 1, 100), (99, 1, 100), (100, 2, 300), (2999, 4, 3000), (3000, 5, None), (999_999, 5, None)],
)
def test_the_level_follows_from_all_points_ever_earned(earned: int, level: int, following: int | None) -> None:
    assert rules.level_of(earned, NOON) == level
    assert rules.next_level_at(earned, NOON) == following


def test_a_later_merge_overrules_an_earlier_one_and_not_the_other_way_round() -> None:
    earlier, later = (NOON, "hazard-1"), (NOON + timedelta(seconds=1), "hazard-0")

    assert rules.is_later_merge(*later, than=earlier)
    assert not rules.is_later_merge(*earlier, than=later)
    assert rules.is_later_merge(*earlier, than=None)
