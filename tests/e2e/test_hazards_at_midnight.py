"""The daily limit of reports, around midnight in Shanghai."""

from datetime import datetime, timedelta

import pytest

from cheqi.demo.day import Day
from cheqi.demo.hazards import HAZARDS
from cheqi.demo.person import Answer
from cheqi.demo.points import until_points
from shared.clock import SHANGHAI, end_of_local_day
from tests.e2e.town import new_rider, sight

LIMIT = 5


@pytest.fixture
def rider(day: Day) -> str:
    """Return a rider who has not reported anything."""
    return new_rider(day)


def reports(day: Day, rider: str, count: int, first: int = 0) -> list[Answer]:
    """Report so many hazards, each in a place of its own."""
    return [day[rider].post(HAZARDS, sight(first + nth).draft()) for nth in range(count)]


def at_local(day: Day, hour: int, minute: int, second: int = 0) -> None:
    """Wait until the next time that clocks in Shanghai show this."""
    shown = day.clock.now().astimezone(SHANGHAI)
    moment = datetime.combine(shown.date(), datetime.min.time(), SHANGHAI)
    moment += timedelta(hours=hour, minutes=minute, seconds=second)
    day.wait_until(moment if moment > shown else moment + timedelta(days=1))


def test_five_reports_of_a_day_earn_and_only_their_points_are_held(day: Day, rider: str) -> None:
    at_local(day, 10, 0)

    answers = reports(day, rider, LIMIT + 1)

    assert [one["earns"] for one in answers] == [True] * LIMIT + [False]
    assert answers[-1]["no_award"] == "daily-limit"
    assert answers[-1]["state"] == "reported"
    until_points(day, rider, available=0, held=10 * LIMIT)


def test_the_day_of_the_limit_begins_at_midnight_in_shanghai(day: Day, rider: str) -> None:
    at_local(day, 23, 59, 59)
    earlier = reports(day, rider, LIMIT + 1)
    day.wait_until(end_of_local_day(day.clock.now()))

    later = reports(day, rider, 1, first=LIMIT + 1)

    assert not earlier[-1]["earns"]
    assert later[0]["earns"]


def test_the_limit_does_not_begin_anew_at_midnight_in_utc(day: Day, rider: str) -> None:
    at_local(day, 7, 59, 59)
    reports(day, rider, LIMIT)
    at_local(day, 8, 0, 1)

    after_utc_midnight = reports(day, rider, 1, first=LIMIT)

    assert not after_utc_midnight[0]["earns"]
