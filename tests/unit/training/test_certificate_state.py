"""Whether a certificate holds at a moment."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.training.certificates.rules import REASONS, Reason, State, last_day, named_twice, state_of
from shared.clock import SHANGHAI, local_day

ISSUED = datetime(2026, 9, 18, 21, 0, tzinfo=SHANGHAI)


def test_a_certificate_without_end_is_valid_for_ever() -> None:
    assert last_day(ISSUED, None) is None
    assert state_of(None, None, ISSUED + timedelta(days=36_500)) is State.VALID


def test_a_certificate_holds_through_its_last_day_in_shanghai() -> None:
    until = date(2026, 9, 20)

    before_midnight = datetime(2026, 9, 20, 23, 59, tzinfo=SHANGHAI)

    assert state_of(None, until, before_midnight) is State.VALID
    assert state_of(None, until, before_midnight + timedelta(minutes=1)) is State.EXPIRED


@given(st.integers(min_value=1, max_value=36_500))
def test_a_certificate_holds_for_its_days_and_not_one_longer(days: int) -> None:
    until = last_day(ISSUED, days)

    assert until == local_day(ISSUED) + timedelta(days=days)
    assert state_of(None, until, ISSUED + timedelta(days=days)) is State.VALID
    assert state_of(None, until, ISSUED + timedelta(days=days + 1)) is State.EXPIRED


def test_a_revoked_certificate_is_revoked_though_it_is_expired_too() -> None:
    assert state_of(ISSUED, date(2026, 1, 1), ISSUED) is State.REVOKED


def test_every_reason_has_words_in_both_languages() -> None:
    assert {*REASONS} == {*Reason}
    assert all(words.zh and words.en for words in REASONS.values())


def test_riders_who_are_named_twice_are_found() -> None:
    assert named_twice(["b", "a", "b", "a", "c"]) == ["a", "b"]
    assert named_twice([]) == []
