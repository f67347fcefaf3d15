"""Partners take vouchers: looked up, redeemed once, undone within a minute, refused with the reason."""

from datetime import timedelta

import pytest
from httpx2 import Response

from shared.events.rewards import VoucherExpiredV1, VoucherRedeemedV1, VoucherRedemptionUndoneV1
from tests.component.rewards.stage import BARBER, LAUNDRY, RIDER, STAFF, Stage


@pytest.fixture
def scan(stage: Stage) -> dict[str, str]:
    """Return the code of a laundry voucher that a rider holds; a laundry and a barber take part."""
    stage.partner(LAUNDRY, "laundry")
    stage.partner(BARBER, "haircut")
    stage.earn(50)
    return {"code": stage.code(stage.voucher())}


def test_a_partner_sees_what_a_voucher_is_and_nothing_of_its_rider(stage: Stage, scan: dict[str, str]) -> None:
    answer = stage.post(LAUNDRY, "/voucher-lookups", scan)

    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["title_zh"], shown["redeemable"], shown["refusal"], shown["state"]) == (
        "洗衣券",
        True,
        None,
        "issued",
    )
    assert RIDER.id not in answer.text


def test_a_voucher_is_redeemed_by_its_code_however_it_is_typed(stage: Stage, scan: dict[str, str]) -> None:
    typed = f" {scan['code'][:5].lower()}-{scan['code'][5:].replace('0', 'o')} "

    answer = stage.post(LAUNDRY, "/redemptions", {"code": typed})

    assert answer.status_code == 201
    assert answer.json()["undo_until"] == "2026-09-18T04:01:00Z"
    (redeemed,) = stage.bench.told(VoucherRedeemedV1)
    assert (redeemed.rider_id, redeemed.partner_id) == (RIDER.id, "partner-1")


def test_a_second_redemption_is_refused_and_says_when_the_first_was(stage: Stage, scan: dict[str, str]) -> None:
    stage.post(LAUNDRY, "/redemptions", scan)
    stage.bench.clock.advance(timedelta(minutes=5))

    answer = stage.post(LAUNDRY, "/redemptions", scan)

    assert _refusal(answer) == (409, "voucher-redeemed")
    assert answer.json()["ended_at"] == "2026-09-18T04:00:00+00:00"
    assert len(stage.bench.told(VoucherRedeemedV1)) == 1


def test_a_repeated_request_is_answered_as_the_first_one(stage: Stage, scan: dict[str, str]) -> None:
    first = stage.post(LAUNDRY, "/redemptions", scan, key="once")
    again = stage.post(LAUNDRY, "/redemptions", scan, key="once")

    assert again.json() == first.json()
    assert len(stage.bench.told(VoucherRedeemedV1)) == 1


def test_a_redemption_may_be_undone_within_a_minute_and_the_voucher_used_again(
    stage: Stage, scan: dict[str, str]
) -> None:
    redeemed = stage.post(LAUNDRY, "/redemptions", scan).json()
    stage.bench.clock.advance(timedelta(seconds=59))

    undone = stage.post(LAUNDRY, f"/redemptions/{redeemed['id']}/undo")
    twice = stage.post(LAUNDRY, f"/redemptions/{redeemed['id']}/undo")
    again = stage.post(LAUNDRY, "/redemptions", scan)

    assert undone.json()["undone_at"] == "2026-09-18T04:00:59Z"
    assert _refusal(twice) == (409, "redemption-undone")
    assert again.status_code == 201
    assert len(stage.bench.told(VoucherRedemptionUndoneV1)) == 1


def test_after_a_minute_a_redemption_stands(stage: Stage, scan: dict[str, str]) -> None:
    redeemed = stage.post(LAUNDRY, "/redemptions", scan).json()
    stage.bench.clock.advance(timedelta(seconds=60))

    answer = stage.post(LAUNDRY, f"/redemptions/{redeemed['id']}/undo")

    assert _refusal(answer) == (409, "undo-too-late")
    assert stage.bench.told(VoucherRedemptionUndoneV1) == []


def test_another_partner_cannot_undo_a_redemption_or_see_it(stage: Stage, scan: dict[str, str]) -> None:
    redeemed = stage.post(LAUNDRY, "/redemptions", scan).json()

    answer = stage.post(BARBER, f"/redemptions/{redeemed['id']}/undo")

    assert answer.status_code == 404
    assert stage.get(BARBER, "/redemptions").json()["total"] == 0
    assert [shown["id"] for shown in stage.get(LAUNDRY, "/redemptions").json()["items"]] == [redeemed["id"]]


def test_a_partner_of_another_kind_is_refused(stage: Stage, scan: dict[str, str]) -> None:
    looked_up = stage.post(BARBER, "/voucher-lookups", scan).json()

    assert (looked_up["redeemable"], looked_up["refusal"]) == (False, "voucher-of-another-kind")
    assert _refusal(stage.post(BARBER, "/redemptions", scan)) == (403, "voucher-of-another-kind")


def test_a_partner_that_left_is_refused(stage: Stage, scan: dict[str, str]) -> None:
    stage.partner(LAUNDRY, "laundry", active=False)

    assert _refusal(stage.post(LAUNDRY, "/redemptions", scan)) == (403, "partner-inactive")
    assert _refusal(stage.post(LAUNDRY, "/voucher-lookups", scan)) == (403, "partner-inactive")


def test_nobody_but_a_partner_redeems(stage: Stage, scan: dict[str, str]) -> None:
    answers = [stage.post(who, "/redemptions", scan).status_code for who in (RIDER, STAFF)]

    assert answers == [403, 403]


@pytest.mark.parametrize("fired", [True, False])
def test_an_expired_voucher_is_refused_and_says_when_it_expired(
    *, stage: Stage, scan: dict[str, str], fired: bool
) -> None:
    stage.bench.clock.advance(timedelta(days=31))
    if fired:
        stage.bench.fire_timers()

    answer = stage.post(LAUNDRY, "/redemptions", scan)

    assert _refusal(answer) == (409, "voucher-expired")
    assert answer.json()["expires_at"] == "2026-10-18T16:00:00+00:00"
    assert len(stage.bench.told(VoucherExpiredV1)) == int(fired)


def test_a_void_voucher_is_refused_and_says_why(stage: Stage, scan: dict[str, str]) -> None:
    voucher_id = stage.get(RIDER, "/vouchers/mine").json()["items"][0]["id"]
    stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", {"reason": "partner-closed"})

    answer = stage.post(LAUNDRY, "/redemptions", scan)

    assert _refusal(answer) == (409, "voucher-void")
    assert answer.json()["reason"] == "partner-closed"


def test_a_voucher_whose_redemption_is_undone_after_its_expiry_expires(stage: Stage, scan: dict[str, str]) -> None:
    expiry = stage.get(RIDER, "/vouchers/mine").json()["items"][0]["expires_at"]
    stage.pass_time(timedelta(days=30, hours=11, minutes=59, seconds=50))
    redeemed = stage.post(LAUNDRY, "/redemptions", scan).json()
    stage.pass_time(timedelta(seconds=20))

    undone = stage.post(LAUNDRY, f"/redemptions/{redeemed['id']}/undo")
    stage.bench.fire_timers()

    assert expiry == "2026-10-18T16:00:00Z"
    assert undone.status_code == 201
    assert stage.get(RIDER, "/vouchers/mine").json()["items"][0]["state"] == "expired"
    assert len(stage.bench.told(VoucherExpiredV1)) == 1


def test_a_redeemed_voucher_does_not_expire(stage: Stage, scan: dict[str, str]) -> None:
    stage.post(LAUNDRY, "/redemptions", scan)

    stage.pass_time(timedelta(days=31))

    assert stage.get(RIDER, "/vouchers/mine").json()["items"][0]["state"] == "redeemed"
    assert stage.bench.told(VoucherExpiredV1) == []


def _refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]
