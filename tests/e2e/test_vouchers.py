"""From points to a redeemed voucher, when several want the same at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx2
import pytest

from cheqi.demo.day import Day, until_true
from cheqi.demo.hazards import HAZARDS
from cheqi.demo.person import accepted, code_of
from cheqi.demo.points import balance_of, until_points
from cheqi.demo.vouchers import LOOKUPS, OFFERS, REDEMPTIONS, VOUCHERS, issue
from tests.e2e.town import CRITICAL, give_points, new_rider, sight, verify

AT_ONCE = 4


@pytest.fixture
def rider(day: Day) -> str:
    """Return a rider with 50 points."""
    name = new_rider(day)
    give_points(day, name)
    return name


@pytest.fixture
def laundry(day: Day) -> str:
    """Return an offer of laundry for 50 points."""
    return str(day["shuguang"].post(OFFERS, {"kind": "laundry", "title_zh": "洗衣", "title_en": "Laundry"})["id"])


def at_once(send: Callable[[], httpx2.Response]) -> list[httpx2.Response]:
    """Send the same request several times at once and return the answers."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda _: send(), range(AT_ONCE)))


def scan(day: Day, code: str) -> dict[str, str]:
    """Return what a till sends, once the laundry is known as a partner."""
    wanted = {"code": code}
    until_true(
        "expected a redeemable voucher", lambda: day["laundry"].command(LOOKUPS, wanted).status_code, (200).__eq__
    )
    return wanted


def test_orders_at_once_cannot_spend_more_than_there_is(day: Day, rider: str, laundry: str) -> None:
    order = {"offer_id": laundry}

    answers = at_once(lambda: day[rider].command(VOUCHERS, order))

    refused = [code_of(answer.json()) for answer in answers if answer.is_client_error]
    assert refused == ["points-short"] * (AT_ONCE - 1)
    assert balance_of(day, rider) == {"available": 0, "held": 0, "reserved": CRITICAL}


def test_a_voucher_scanned_at_several_tills_at_once_is_redeemed_once(day: Day, rider: str, laundry: str) -> None:
    code = issue(day, rider, day[rider].post(VOUCHERS, {"offer_id": laundry}))
    wanted = scan(day, code)

    answers = at_once(lambda: day["laundry"].command(REDEMPTIONS, wanted))

    assert sorted(answer.is_success for answer in answers) == [False] * (AT_ONCE - 1) + [True]
    refused = {code_of(answer.json()) for answer in answers if not answer.is_success}
    assert refused == {"voucher-redeemed"}


def test_an_order_that_is_sent_again_under_its_key_is_one_order(day: Day, rider: str, laundry: str) -> None:
    headers, order = {"Idempotency-Key": uuid4().hex}, {"offer_id": laundry}
    first = accepted(day[rider].ask("POST", VOUCHERS, json=order, headers=headers))

    again = day[rider].ask("POST", VOUCHERS, json=order, headers=headers)
    other = day[rider].ask("POST", VOUCHERS, json={"offer_id": "another"}, headers=headers)

    assert again.json() == first.json()
    assert other.is_client_error
    assert day[rider].get(f"{VOUCHERS}/mine")["total"] == 1


def test_points_earned_by_reports_are_spent_once(day: Day, rider: str, laundry: str) -> None:
    verify(day, day[rider].post(HAZARDS, sight(1).draft()), "low")
    until_points(day, rider, available=CRITICAL + 5)

    issue(day, rider, day[rider].post(VOUCHERS, {"offer_id": laundry}))

    until_points(day, rider, available=5)
    spent = day[rider].get("/api/rewards/riders/me/statement")["entries"]["items"]
    assert [one["reserved"] for one in spent if one["kind"] == "spend"] == [-CRITICAL]


def test_a_reservation_that_is_not_used_gives_its_points_back(day: Day, rider: str, laundry: str) -> None:
    voucher = day[rider].post(VOUCHERS, {"offer_id": laundry})
    until_points(day, rider, available=0, reserved=CRITICAL)

    day.pass_by(minutes=11)

    until_points(day, rider, available=CRITICAL)
    assert code_of(day[rider].refused(f"{VOUCHERS}/{voucher['id']}/issue")) == "reservation-ended"
