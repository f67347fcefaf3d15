"""Registration's decisions, values in and values out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.codes.rules import CodeRule, code_rule, message, normalised_phone
from services.registration.consents.rules import PURPOSES, SINCE, Purpose, missing_purposes
from services.registration.erasures.rules import free_from
from services.registration.identity.rules import (
    PASSWORD_MIN,
    is_login,
    lifetime_rule,
    may_ask,
    totp_secret,
    totp_step,
    weakness,
)
from services.registration.limits.rules import (
    FIRST,
    LONGEST_WINDOW,
    Limit,
    free_at,
    limit_rule,
    wait_s,
)
from services.registration.partners.rules import PARTNER_KINDS, PartnerKind
from services.registration.places.rules import PLATFORMS, Platform
from services.registration.riders.rules import is_masked, masked_email, masked_name, masked_phone, unmasked
from services.registration.staff.rules import fits_place, holds, may_appoint
from shared.auth import Role
from tests.moments import NOON

BEFORE_ALL_RULES = datetime(2020, 1, 1, tzinfo=UTC)
MOBILES = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
NAMES = st.text(st.characters(exclude_characters="*", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)


@given(MOBILES, st.sampled_from(["", "+86", "86", "0086", "+86 ", " +86-"]), st.integers(0, 10))
def test_every_mobile_number_is_the_same_however_it_is_written(phone: str, prefix: str, at: int) -> None:
    assert normalised_phone(f"{prefix}{phone[:at]} {phone[at:]}") == phone


@given(st.text(max_size=30))
def test_whatever_text_comes_a_phone_is_eleven_digits_or_none(text: str) -> None:
    phone = normalised_phone(text)

    assert phone is None or (len(phone) == 11 and phone.isascii() and phone.isdigit())


@given(MOBILES)
def test_a_masked_phone_hides_four_digits_and_means_the_real_one(phone: str) -> None:
    mask = masked_phone(phone)

    assert (mask[:3], mask[3:7], mask[7:]) == (phone[:3], "****", phone[7:])
    assert unmasked(mask, phone, masked_phone) == phone


@given(NAMES)
def test_a_masked_name_means_the_real_one_and_any_other_text_itself(name: str) -> None:
    mask = masked_name(name)

    assert is_masked(mask)
    assert not is_masked(name)
    assert unmasked(mask, name, masked_name) == name
    assert unmasked(name, "someone else", masked_name) == name
    assert unmasked(None, name, masked_name) is None


def test_masks_look_as_on_the_screen() -> None:
    assert masked_name("李") == masked_name("李雷") == "李*"
    assert masked_email("lei@example.com") == "l***@example.com"
    assert unmasked("李*", None, masked_name) == "李*"


@given(st.integers(0, 2000), st.integers(1, 86_400))
def test_a_limit_frees_exactly_when_its_window_has_passed(waited_s: int, window_s: int) -> None:
    limit = Limit("bucket", 1, timedelta(seconds=window_s))
    used = NOON - timedelta(seconds=waited_s)

    assert wait_s(NOON, [free_at(limit, used, used), free_at(limit, None, None)]) == max(0, window_s - waited_s)


def test_no_limit_looks_further_back_than_uses_are_kept() -> None:
    rules = (FIRST.phone, FIRST.known, FIRST.unknown, FIRST.code_try, FIRST.password_try_known, FIRST.password_try)
    limits = [limit for rule in rules for limit in rule]

    assert max(limit.window for limit in limits) <= LONGEST_WINDOW


def test_a_rule_holds_from_its_first_day_in_shanghai_on() -> None:
    later = replace(FIRST, valid_from=date(2026, 9, 19))

    midnight = datetime(2026, 9, 18, 16, 0, tzinfo=UTC)
    assert limit_rule(midnight - timedelta(seconds=1), (FIRST, later)) is FIRST
    assert limit_rule(midnight, (FIRST, later)) is later
    assert limit_rule(BEFORE_ALL_RULES) is FIRST


def test_before_the_first_rule_the_first_rule_holds() -> None:
    assert code_rule(BEFORE_ALL_RULES) == code_rule(NOON) == CodeRule(SINCE, 6, timedelta(minutes=5), 5)
    assert lifetime_rule(BEFORE_ALL_RULES) is lifetime_rule(NOON)
    assert PURPOSES["photo"].wording_at(BEFORE_ALL_RULES) is PURPOSES["photo"].wording_at(NOON)


def test_a_message_names_code_and_minutes_in_both_languages() -> None:
    for language in ("zh-CN", "en"):
        text = message("012345", language, timedelta(minutes=5))

        assert "012345" in text
        assert "5 minutes" in text or "5 分钟" in text


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("seven horses", None),
        ("elevenchars", "too-short"),
        ("wang is the best", "holds-login"),
        ("ababababababab", "too-plain"),
        ("qwertyuiopasdf", "too-plain"),
        ("fdsapoiuytrewq", "too-plain"),
        ("890123456789", "too-plain"),
        ("Password12345", "too-common"),
        ("adminadminadmin1", "too-common"),
        ("cheqi-haidian-1", "too-common"),
    ],
)
def test_what_makes_a_password_weak(password: str, why: str | None) -> None:
    assert weakness(password, "wang") == why


@given(st.text(max_size=PASSWORD_MIN - 1))
def test_no_short_password_is_strong(password: str) -> None:
    assert weakness(password, "a-login-that-is-long") == "too-short"


@given(st.integers(-3, 3), st.binary(min_size=20, max_size=20))
def test_a_one_time_password_counts_for_its_step_and_the_ones_beside_it(steps: int, entropy: bytes) -> None:
    secret = totp_secret(entropy)
    code = pyotp.TOTP(secret).at(NOON + timedelta(seconds=30 * steps))
    now_step = int(NOON.timestamp()) // 30

    found = totp_step(secret, code, NOON)

    assert found == now_step + steps if abs(steps) <= 1 else found is None or abs(found - now_step) <= 1


@pytest.mark.parametrize(("text", "fits"), [("wang.li-2", True), ("ab", False), ("Wang", False), (".wang", False)])
def test_what_a_login_looks_like(text: str, fits: bool) -> None:  # noqa: FBT001 - the expected value
    assert is_login(text) is fits


def test_a_client_may_ask_for_nothing_that_is_not_listed() -> None:
    assert may_ask("notify", "registration", "rider.phone:read")
    assert may_ask("audit", "notify", "audit:read")
    assert not may_ask("training", "registration", "rider.phone:read")
    assert not may_ask("notify", "", "")


def test_an_office_is_held_from_its_first_to_its_last_day() -> None:
    first, last = date(2026, 9, 1), date(2026, 9, 30)

    assert [holds(first, last, day) for day in (date(2026, 8, 31), first, last, date(2026, 10, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert holds(first, None, date(2036, 1, 1))


def test_nobody_appoints_an_administrator_and_places_fit_their_offices() -> None:
    assert not any(may_appoint(role, Role.ADMINISTRATOR) for role in Role)
    assert not may_appoint(Role.SUBDISTRICT_STAFF, Role.SUBDISTRICT_STAFF)
    assert fits_place(Role.SUBDISTRICT_STAFF, of_district=False)
    assert not fits_place(Role.DISTRICT_STAFF, of_district=False)


def test_every_choice_is_titled_in_both_languages_and_needed_purposes_are_missed() -> None:
    choices: list[Platform | PartnerKind | Purpose] = [*PLATFORMS.values(), *PARTNER_KINDS.values(), *PURPOSES.values()]

    assert all(choice.title_zh and choice.title_en for choice in choices)
    assert missing_purposes([]) == ["service"]
    assert missing_purposes(["service"]) == []
    assert PURPOSES["photo"].knows("photo-1")
    assert not PURPOSES["photo"].knows("photo-0")


def test_a_limit_with_a_pause_slows_down_and_closes_nothing() -> None:
    limit = Limit("bucket", 100, timedelta(hours=1), pause=timedelta(seconds=30))
    hundredth, newest = NOON - timedelta(minutes=10), NOON - timedelta(seconds=10)

    assert wait_s(NOON, [free_at(limit, hundredth, newest)]) == 20
    assert wait_s(NOON, [free_at(limit, None, newest)]) == 0
    assert wait_s(NOON, [free_at(limit, NOON - timedelta(hours=1), newest)]) == 0


def test_an_erased_phone_rests_for_longer_than_a_limit_by_day_counts() -> None:
    assert free_from(NOON) == NOON + timedelta(hours=24)
    assert free_from(BEFORE_ALL_RULES) == BEFORE_ALL_RULES + timedelta(hours=24)
