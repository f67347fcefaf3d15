"""Which reports earn, and who shares the award of a merged one."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.decisions.rules import SHARING_RULES, Claim, SharingRule, shares_award, sharing_rule
from services.governance.hazards.rules import EARNING_RULES, EarningRule, NoAward, earning_rule, forgone_award
from shared.validity import valid_at

RULE = EARNING_RULES[0]
SHARING = SHARING_RULES[0]


@given(st.integers(0, 1000))
def test_reports_earn_up_to_the_daily_limit_and_no_further(earning: int) -> None:
    forgone = forgone_award(RULE, earning=earning, own_photo=False)

    assert (forgone is None) == (earning < 5)
    assert forgone in (None, NoAward.DAILY_LIMIT)


@given(st.integers(0, 1000))
def test_a_photo_of_one_s_own_earns_nothing_again(earning: int) -> None:
    assert forgone_award(RULE, earning=earning, own_photo=True) is NoAward.OWN_PHOTO_AGAIN


def test_another_rider_s_report_shares_the_award() -> None:
    assert shares_award(SHARING, Claim("rider-2", earns=True), "rider-1", set())


@pytest.mark.parametrize(
    ("claim", "sharing"),
    [
        (Claim("rider-1", earns=True), set()),
        (Claim("rider-2", earns=True), {"rider-2"}),
        (Claim("rider-2", earns=False), set()),
        (Claim("rider-5", earns=True), {"rider-2", "rider-3", "rider-4"}),
    ],
    ids=["the first rider", "a rider who shares already", "a report that earns nothing", "a fourth rider"],
)
def test_a_merged_report_does_not_share_when_it_is_of(claim: Claim, sharing: set[str]) -> None:
    assert not shares_award(SHARING, claim, "rider-1", sharing)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.booleans())))
def test_no_order_of_mergers_lets_more_riders_share_than_the_rule_says(reports: list[tuple[str, bool]]) -> None:
    sharing: set[str] = set()

    for rider_id, earns in reports:
        if shares_award(SHARING, Claim(rider_id, earns), "a", sharing):
            assert earns
            assert rider_id not in sharing
            sharing.add(rider_id)

    assert "a" not in sharing
    assert len(sharing) <= 3


def test_a_rule_holds_from_its_first_day_in_shanghai_on() -> None:
    rules = (EarningRule(date(2024, 1, 1), 5), EarningRule(date(2026, 10, 1), 3))

    before = valid_at(rules, datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC))
    after = valid_at(rules, datetime(2026, 9, 30, 16, 0, tzinfo=UTC))

    assert (before.reports_max, after.reports_max) == (5, 3)


def test_before_its_first_rule_a_moment_has_the_first() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)

    assert earning_rule(long_ago) == EARNING_RULES[0]
    assert sharing_rule(long_ago) == SharingRule(date(2024, 1, 1), sharing_riders_max=3)
