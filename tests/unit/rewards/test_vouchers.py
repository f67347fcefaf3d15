"""Codes, states and terms of vouchers and offers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rewards.offers import rules as offers
from services.rewards.ports import Ports
from services.rewards.vouchers import rules
from shared.random import CROCKFORD
from tests.moments import NOON


@dataclass
class Sample:
    """A voucher as far as its state goes."""

    state: str
    reserved_until: datetime = NOON
    expires_at: datetime | None = NOON


@given(secret=st.text(min_size=1))
def test_a_code_is_ten_characters_of_crockford_s_base_32(secret: str) -> None:
    code = rules.code_from(secret)

    assert len(code) == 10
    assert set(code) <= set(CROCKFORD)
    assert rules.typed_code(code) == code


@pytest.mark.parametrize("typed", ["7k2m4-xq910", " 7K2M4 XQ91O ", "7k2m4xq9lo", "7K2M4-XQ9IO"])
def test_a_code_may_be_typed_in_any_case_spaced_and_with_look_alike_letters(typed: str) -> None:
    assert rules.typed_code(typed) == "7K2M4XQ910"


def test_different_secrets_give_different_codes() -> None:
    assert len({rules.code_from(str(number)) for number in range(5000)}) == 5000


@pytest.mark.parametrize(
    ("state", "before", "then"), [("reserved", "reserved", "released"), ("issued", "issued", "expired")]
)
def test_what_has_ended_counts_as_ended_before_its_timer_fires(state: str, before: str, then: str) -> None:
    assert rules.state_at(Sample(state), NOON - timedelta(microseconds=1)) == before
    assert rules.state_at(Sample(state), NOON) == then


@pytest.mark.parametrize("state", ["redeemed", "void", "expired", "released"])
def test_what_is_over_stays_what_it_is(state: str) -> None:
    assert rules.state_at(Sample(state), NOON + timedelta(days=1)) == state


def test_a_reservation_lasts_ten_minutes() -> None:
    assert rules.voucher_rule(NOON).reserved_for == timedelta(minutes=10)
    assert rules.voucher_rule(datetime(2020, 1, 1, tzinfo=UTC)).reserved_for == timedelta(minutes=10)


@pytest.mark.parametrize(("kind", "points"), [("laundry", 50), ("haircut", 80)])
def test_the_first_values_of_a_kind_are_data(kind: str, points: int) -> None:
    rule = offers.kind_rule(kind, NOON)

    assert rule is not None
    assert (rule.points, rule.valid_days) == (points, 30)


def test_a_kind_that_is_not_in_the_data_is_not_offered() -> None:
    assert offers.kind_rule("yacht", NOON) is None
    assert "laundry" in offers.kinds()


def test_a_voucher_is_good_to_the_end_of_its_last_day_in_shanghai() -> None:
    assert offers.voucher_expiry(NOON, 30) == datetime(2026, 10, 18, 16, tzinfo=UTC)


def test_a_short_key_of_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Ports(code_key=b"short")


def test_the_digest_of_a_code_depends_on_the_key() -> None:
    one, other = Ports(code_key=b"a" * 32), Ports(code_key=b"b" * 32)

    assert one.digest("7K2M4XQ910") == one.digest("7K2M4XQ910")
    assert one.digest("7K2M4XQ910") != other.digest("7K2M4XQ910")
