"""How long an account waits after wrong codes, and until when a redemption may be undone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.rewards.redemptions import rules
from tests.moments import NOON

SECONDS_AGO = st.lists(st.integers(1, 2 * 3600), max_size=80)


@given(ago=SECONDS_AGO)
def test_an_account_waits_just_until_fewer_than_thirty_wrong_codes_count(ago: list[int]) -> None:
    wrong_at = [NOON - timedelta(seconds=seconds) for seconds in ago]

    wait = rules.wait_s(wrong_at, NOON)

    free_at = NOON + timedelta(seconds=wait)
    counted = [moment for moment in wrong_at if moment > free_at - timedelta(hours=1)]
    assert len(counted) < 30
    if wait > 0:
        a_second_before = free_at - timedelta(seconds=1, hours=1)
        assert len([moment for moment in wrong_at if moment > a_second_before]) >= 30


def test_the_thirtieth_wrong_code_is_the_last() -> None:
    wrong_at = [NOON - timedelta(minutes=1)] * 29

    assert rules.wait_s(wrong_at, NOON) == 0
    assert rules.wait_s([*wrong_at, NOON], NOON) == 59 * 60


def test_a_redemption_may_be_undone_for_a_minute() -> None:
    assert rules.undo_until(NOON) == NOON + timedelta(seconds=60)
    assert rules.redemption_rule(datetime(2020, 1, 1, tzinfo=UTC)).wrong_codes_max == 30
