"""Reserving points for a voucher and having it issued."""

from dataclasses import replace
from datetime import timedelta

from shared.events.rewards import PointsHeldV1, PointsReleasedV1, PointsSpentV1, VoucherIssuedV1
from tests.component.rewards.stage import DISTRICT, ELSEWHERE, OTHER, RIDER, STAFF, STAFF_ELSEWHERE, Stage

TEN_MINUTES = timedelta(minutes=10)


def test_a_reservation_sets_points_aside(stage: Stage) -> None:
    stage.earn(60)

    answer = stage.post(RIDER, "/vouchers", {"offer_id": stage.offer()})

    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["reserved_until"]) == ("reserved", "2026-09-18T04:10:00Z")
    assert stage.balance() == (10, 0, 50)
    (held,) = stage.bench.told(PointsHeldV1)
    assert (held.cause_kind, held.cause_id, held.points) == ("voucher", answer.json()["id"], 50)


def test_an_overdraft_is_refused_and_leaves_nothing_behind(stage: Stage) -> None:
    stage.earn(40)

    answer = stage.post(RIDER, "/vouchers", {"offer_id": stage.offer()})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "https://cheqi.cn/problems/points-short")
    assert (problem["needed"], problem["available"]) == (50, 40)
    assert stage.balance() == (40, 0, 0)
    assert stage.get(RIDER, "/vouchers/mine").json()["total"] == 0


def test_promised_points_cannot_be_spent(stage: Stage) -> None:
    stage.earn(40)
    stage.report()

    answer = stage.post(RIDER, "/vouchers", {"offer_id": stage.offer()})

    assert answer.json()["available"] == 40


def test_points_are_spendable_wherever_they_were_earned(stage: Stage) -> None:
    stage.earn(50)
    offer_id = _opened_elsewhere(stage)

    stage.voucher(offer_id)

    assert stage.balance() == (0, 0, 0)


def test_an_offer_of_another_sub_district_is_refused_and_takes_no_points(stage: Stage) -> None:
    stage.earn(50)
    offer_id = stage.post(STAFF_ELSEWHERE, "/offers", _titles("laundry")).json()["id"]

    answer = stage.post(RIDER, "/vouchers", {"offer_id": offer_id})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "offer-elsewhere")
    assert "万寿路街道" in answer.json()["detail"]
    assert stage.balance() == (50, 0, 0)


def test_the_sub_district_of_the_account_counts_where_the_token_names_none(stage: Stage) -> None:
    stage.register()
    stage.earn(50)
    nameless = replace(RIDER, subdistrict=None)
    here = stage.post(STAFF, "/offers", _titles("laundry")).json()["id"]

    assert stage.post(nameless, "/vouchers", {"offer_id": here}).status_code == 201


def test_an_issued_voucher_has_spent_its_points_and_shows_its_code_to_its_rider(stage: Stage) -> None:
    stage.earn(50)

    voucher_id = stage.voucher()

    shown = stage.get(RIDER, f"/vouchers/{voucher_id}").json()
    assert (shown["state"], shown["points"], shown["expires_at"]) == ("issued", 50, "2026-10-18T16:00:00Z")
    assert len(shown["code"]) == 10
    assert stage.get(RIDER, "/vouchers/mine").json()["items"] == [shown]
    assert stage.balance() == (0, 0, 0)
    assert [event.voucher_id for event in stage.bench.told(PointsSpentV1)] == [voucher_id]
    assert [event.voucher_id for event in stage.bench.told(VoucherIssuedV1)] == [voucher_id]


def test_the_answer_of_issuing_does_not_hold_the_code(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.reserve(stage.offer())

    answer = stage.post(RIDER, f"/vouchers/{voucher_id}/issue")

    assert stage.code(voucher_id) not in answer.text


def test_a_repeated_request_reserves_once(stage: Stage) -> None:
    stage.earn(100)
    order = {"offer_id": stage.offer()}

    first = stage.post(RIDER, "/vouchers", order, key="once")
    again = stage.post(RIDER, "/vouchers", order, key="once")

    assert again.json() == first.json()
    assert stage.balance() == (50, 0, 50)


def test_a_voucher_is_issued_once(stage: Stage) -> None:
    stage.earn(100)
    voucher_id = stage.voucher()

    answer = stage.post(RIDER, f"/vouchers/{voucher_id}/issue")

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "voucher-issued")
    assert stage.balance() == (50, 0, 0)


def test_a_reservation_that_is_not_issued_in_time_gives_its_points_back(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.reserve(stage.offer())

    stage.pass_time(TEN_MINUTES)

    assert stage.balance() == (50, 0, 0)
    assert stage.get(RIDER, f"/vouchers/{voucher_id}").json()["state"] == "released"
    assert [event.reason for event in stage.bench.told(PointsReleasedV1)] == ["expired"]


def test_a_reservation_that_has_ended_cannot_be_issued_even_before_its_timer_fires(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.reserve(stage.offer())
    stage.bench.clock.advance(TEN_MINUTES)

    before = stage.post(RIDER, f"/vouchers/{voucher_id}/issue")
    stage.bench.fire_timers()
    after = stage.post(RIDER, f"/vouchers/{voucher_id}/issue")

    codes = [answer.json()["type"].rpartition("/")[2] for answer in (before, after)]
    assert codes == ["reservation-ended", "reservation-ended"]
    assert stage.balance() == (50, 0, 0)


def test_another_rider_s_voucher_is_not_found(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.reserve(stage.offer())

    answers = [
        stage.get(OTHER, f"/vouchers/{voucher_id}"),
        stage.post(OTHER, f"/vouchers/{voucher_id}/issue"),
        stage.get(STAFF_ELSEWHERE, f"/vouchers/{voucher_id}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_staff_see_the_vouchers_of_their_riders_without_codes(stage: Stage) -> None:
    stage.earn(50)
    stage.voucher()

    assert [shown["code"] for shown in stage.get(STAFF, "/vouchers").json()["items"]] == [None]
    assert stage.get(DISTRICT, "/vouchers").json()["total"] == 1
    assert stage.get(STAFF_ELSEWHERE, "/vouchers").json()["total"] == 0
    assert stage.get(RIDER, "/vouchers").status_code == 403


def test_a_closed_offer_is_refused_and_an_unknown_one_is_not_found(stage: Stage) -> None:
    stage.earn(50)
    offer_id = stage.offer()
    stage.bench.http(DISTRICT).patch(f"/api/rewards/offers/{offer_id}", json={"active": False})

    closed = stage.post(RIDER, "/vouchers", {"offer_id": offer_id})
    unknown = stage.post(RIDER, "/vouchers", {"offer_id": "offer-9"})

    assert (closed.status_code, closed.json()["type"].rpartition("/")[2]) == (409, "offer-closed")
    assert unknown.status_code == 404


def test_a_voucher_keeps_what_it_was_taken_for_when_the_offer_changes(stage: Stage) -> None:
    stage.earn(50)
    offer_id = stage.offer()
    voucher_id = stage.voucher(offer_id)

    stage.bench.http(DISTRICT).patch(f"/api/rewards/offers/{offer_id}", json={"points": 70, "title_en": "Other"})

    shown = stage.get(RIDER, f"/vouchers/{voucher_id}").json()
    assert (shown["points"], shown["title_en"]) == (50, "Laundry voucher")


def test_a_voucher_belongs_to_the_sub_district_of_its_rider(stage: Stage) -> None:
    stage.earn(50)

    voucher_id = stage.voucher(_opened_elsewhere(stage))

    assert stage.get(STAFF, f"/vouchers/{voucher_id}").json()["subdistrict"] != ELSEWHERE


def _titles(kind: str) -> dict[str, str]:
    return {"kind": kind, "title_zh": "洗衣券", "title_en": "Laundry voucher"}


def _opened_elsewhere(stage: Stage) -> str:
    """Return an offer of another sub-district that the district opened to all riders."""
    offer_id = str(stage.post(STAFF_ELSEWHERE, "/offers", _titles("laundry")).json()["id"])
    stage.bench.http(DISTRICT).patch(f"/api/rewards/offers/{offer_id}", json={"district_wide": True})
    return offer_id
