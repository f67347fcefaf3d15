"""A certificate's number can be typed by hand: what is wrong in it shows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.certificates.rules import certificate_number, is_well_formed, tidy_number
from shared.random import CROCKFORD

numbers = st.builds(
    certificate_number,
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis gives the zone
    st.text(min_size=1, max_size=40),
)
places = st.integers(min_value=3, max_value=len("HD-2026-XXXXXXXXX") - 1)


@given(numbers)
def test_every_number_that_is_issued_is_well_formed(number: str) -> None:
    assert is_well_formed(number)


@given(numbers, places, st.sampled_from(CROCKFORD))
def test_one_wrong_character_always_shows(number: str, place: int, character: str) -> None:
    altered = number[:place] + character + number[place + 1 :]

    assert is_well_formed(altered) == (altered == number)


@given(numbers, places, places)
def test_two_swapped_characters_always_show(number: str, first: int, second: int) -> None:
    letters = list(number)
    letters[first], letters[second] = letters[second], letters[first]
    altered = "".join(letters)

    assert is_well_formed(altered) == (altered == number)


@given(numbers)
def test_a_number_may_be_typed_in_small_letters_and_with_spaces(number: str) -> None:
    typed = f" {number.lower().replace('-', ' ')} ".replace("0", "o").replace("1", "l")

    assert tidy_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "HD", "HD-2026-", "XX-2026-TRPZF1FA2", "HD-2026-TRPZF1FA2Z", "é" * 17, "<script>"]
)
def test_what_is_no_number_is_not_well_formed(typed: str) -> None:
    assert not is_well_formed(tidy_number(typed))


def test_the_year_of_a_number_is_the_year_in_shanghai() -> None:
    last_evening_in_utc = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)

    assert certificate_number(last_evening_in_utc, "any").startswith("HD-2027-")
