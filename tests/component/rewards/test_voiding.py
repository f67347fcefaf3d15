"""Staff void a voucher: its points go back to the lots that they came from, as far as these still hold."""

from datetime import timedelta

import pytest

from shared.events.registration import RiderMovedV1
from shared.events.rewards import PointsExpiredV1, PointsReversedV1, VoucherVoidedV1
from tests.component.rewards.stage import (
    DISTRICT,
    ELSEWHERE,
    HERE,
    LAUNDRY,
    OTHER,
    RIDER,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
)

WHY = {"reason": "partner-closed"}


def test_a_void_voucher_gives_its_points_back_by_a_reversing_entry(stage: Stage) -> None:
    stage.earn(60)
    voucher_id = stage.voucher()

    answer = stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)

    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["reason"]) == (201, "void", "partner-closed")
    assert (shown["points_returned"], shown["points_expired"]) == (50, 0)
    assert stage.balance() == (60, 0, 0)
    assert stage.sub_district_sums() == {f"subdistrict/{HERE}/issued": -60}
    entries = stage.get(RIDER, "/riders/me/statement").json()["entries"]["items"]
    by_kind = {entry["kind"]: entry for entry in entries}
    assert by_kind["give-back"]["reverses"] == by_kind["spend"]["id"]
    (voided,) = stage.bench.told(VoucherVoidedV1)
    (back,) = stage.bench.told(PointsReversedV1)
    assert (voided.points_returned, back.points) == (50, 50)


def test_points_that_come_back_keep_their_expiry(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.voucher()
    stage.pass_time(timedelta(days=10))
    stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)

    stage.pass_time(timedelta(days=356))

    assert stage.balance() == (0, 0, 0)
    assert sum(event.points for event in stage.bench.told(PointsExpiredV1)) == 50


def test_points_that_expired_meanwhile_do_not_come_back_and_the_answer_says_so(stage: Stage) -> None:
    stage.earn(30)
    stage.pass_time(timedelta(days=10))
    stage.earn(20)
    stage.pass_time(timedelta(days=350))
    voucher_id = stage.voucher()
    stage.pass_time(timedelta(days=6))

    answer = stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)

    assert (answer.json()["points_returned"], answer.json()["points_expired"]) == (20, 30)
    assert stage.balance() == (20, 0, 0)
    assert stage.sub_district_sums() == {f"subdistrict/{HERE}/issued": -50, f"subdistrict/{HERE}/expired": 30}


def test_a_voucher_all_of_whose_points_expired_gives_nothing_back(stage: Stage) -> None:
    stage.earn(50)
    stage.pass_time(timedelta(days=360))
    voucher_id = stage.voucher()
    stage.pass_time(timedelta(days=6))

    answer = stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)

    assert (answer.json()["points_returned"], answer.json()["points_expired"]) == (0, 50)
    assert [event.points for event in stage.bench.told(PointsReversedV1)] == [0]


@pytest.mark.parametrize("state", ["reserved", "released", "redeemed", "expired", "void"])
def test_only_an_issued_voucher_can_be_voided_and_the_refusal_names_the_state(stage: Stage, state: str) -> None:
    stage.partner()
    stage.earn(50)
    voucher_id = _in_state(stage, state)
    before = stage.balance()

    answer = stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)

    codes = {"reserved": "voucher-not-issued", "released": "reservation-ended"}
    assert answer.status_code == 409
    assert answer.json()["type"].rpartition("/")[2] == codes.get(state, f"voucher-{state}")
    assert stage.balance() == before


def test_only_staff_of_the_rider_s_sub_district_may_void(stage: Stage) -> None:
    stage.earn(100)
    path, other_path = (f"/vouchers/{stage.voucher()}/voidings" for _ in range(2))

    refused = [stage.post(who, path, WHY).status_code for who in (RIDER, OTHER, LAUNDRY, STAFF_ELSEWHERE)]

    assert refused == [404, 404, 404, 404]
    assert stage.post(STAFF, path, WHY).status_code == 201
    assert stage.post(DISTRICT, other_path, WHY).status_code == 201
    assert ELSEWHERE != HERE


def test_a_reason_is_a_code_of_the_catalogue(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.voucher()

    answer = stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", {"reason": "the rider, Li Si, asked me"})

    assert answer.status_code == 422


def _in_state(stage: Stage, state: str) -> str:
    """Bring a voucher into a state."""
    if state in ("reserved", "released"):
        voucher_id = stage.reserve(stage.offer())
        stage.pass_time(timedelta(minutes=10 if state == "released" else 1))
        return voucher_id
    voucher_id = stage.voucher()
    if state == "redeemed":
        stage.post(LAUNDRY, "/redemptions", {"code": stage.code(voucher_id)})
    elif state == "expired":
        stage.pass_time(timedelta(days=31))
    else:
        stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", WHY)
    return voucher_id


def test_a_voucher_follows_its_rider_to_another_sub_district(stage: Stage) -> None:
    stage.register(RIDER)
    stage.earn(100)
    kept, void = stage.voucher(), stage.voucher()
    stage.tell(RiderMovedV1(subdistrict=ELSEWHERE, rider_id=RIDER.id, previous_subdistrict=HERE))

    before = stage.post(STAFF, f"/vouchers/{void}/voidings", WHY)
    after = stage.post(STAFF_ELSEWHERE, f"/vouchers/{void}/voidings", WHY)

    assert (before.status_code, after.status_code, after.json()["subdistrict"]) == (404, 201, ELSEWHERE)
    shown = [stage.get(who, f"/vouchers/{kept}").status_code for who in (STAFF, STAFF_ELSEWHERE, DISTRICT)]
    listed = [stage.get(who, "/vouchers").json()["total"] for who in (STAFF, STAFF_ELSEWHERE, DISTRICT)]
    assert (shown, listed) == ([404, 200, 200], [0, 2, 2])
