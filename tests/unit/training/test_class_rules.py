"""When a class first meets, and what may be noted of a rider."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.classes.rules import (
    CLASS_RULES,
    Outcome,
    check_in_opens_at,
    class_rule,
    default_venue,
    first_session,
    noted_outcome,
)
from shared.clock import SHANGHAI, local_day

moments = st.datetimes(
    min_value=datetime(2024, 1, 2),  # noqa: DTZ001 - Hypothesis gives the zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001 - Hypothesis gives the zone
    timezones=st.just(UTC),
)


@given(moments)
def test_the_first_session_is_at_eight_in_the_evening_within_the_promised_days(ordered_at: datetime) -> None:
    first = first_session(ordered_at).astimezone(SHANGHAI)

    assert (first.hour, first.minute) == (20, 0)
    assert 0 <= (first.date() - local_day(ordered_at)).days <= class_rule(ordered_at).promised_days
    assert first > ordered_at


def test_an_order_just_after_midnight_in_shanghai_counts_from_the_new_day() -> None:
    just_after = datetime(2026, 9, 18, 0, 5, tzinfo=SHANGHAI)

    assert first_session(just_after) == datetime(2026, 9, 25, 20, 0, tzinfo=SHANGHAI)


def test_a_moment_before_the_first_rule_has_the_first_rule() -> None:
    assert class_rule(datetime(2020, 1, 1, tzinfo=UTC)) is CLASS_RULES[0]


def test_check_in_opens_an_hour_before_the_class() -> None:
    starts_at = datetime(2026, 9, 25, 20, 0, tzinfo=SHANGHAI)

    assert starts_at - check_in_opens_at(starts_at) == timedelta(hours=1)


def test_the_default_venue_names_the_sub_district_in_both_languages() -> None:
    venue = default_venue("八里庄街道")

    assert "八里庄街道" in venue.zh
    assert "八里庄街道" in venue.en


@pytest.mark.parametrize(
    ("standing", "on_sheet", "expected"),
    [
        (None, Outcome.PRESENT, Outcome.PRESENT),
        (None, Outcome.EXCUSED, Outcome.EXCUSED),
        (None, None, Outcome.ABSENT),
        ("absent", Outcome.PRESENT, Outcome.PRESENT),
        ("excused", None, Outcome.EXCUSED),
        ("present", Outcome.EXCUSED, Outcome.PRESENT),
        ("present", None, Outcome.PRESENT),
    ],
)
def test_a_presence_and_an_excuse_stay_and_who_is_on_no_sheet_was_absent(
    standing: str | None, on_sheet: Outcome | None, expected: Outcome
) -> None:
    assert noted_outcome(standing, on_sheet=on_sheet) is expected
