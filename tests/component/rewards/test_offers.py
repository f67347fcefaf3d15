"""What riders may spend points on."""

import pytest

from shared.events.rewards import OfferChangedV1
from tests.component.rewards.stage import DISTRICT, ELSEWHERE, HERE, LAUNDRY, RIDER, STAFF, STAFF_ELSEWHERE, Stage

TITLES = {"title_zh": "理发券", "title_en": "Haircut voucher"}


@pytest.mark.parametrize(("kind", "points"), [("laundry", 50), ("haircut", 80)])
def test_an_offer_costs_and_lasts_what_its_kind_says_unless_staff_say_otherwise(
    stage: Stage, kind: str, points: int
) -> None:
    usual = stage.post(DISTRICT, "/offers", {"kind": kind, **TITLES}).json()
    special = stage.post(DISTRICT, "/offers", {"kind": kind, **TITLES, "points": 7, "valid_days": 3}).json()

    assert (usual["points"], usual["valid_days"], usual["active"]) == (points, 30, True)
    assert (special["points"], special["valid_days"]) == (7, 3)


def test_riders_see_the_active_offers_that_they_may_take_and_staff_all_of_them(stage: Stage) -> None:
    made = [
        stage.post(who, "/offers", {"kind": "haircut", **TITLES}).json()
        for who in (STAFF, STAFF, STAFF_ELSEWHERE, DISTRICT)
    ]
    stage.bench.http(STAFF).patch(f"/api/rewards/offers/{made[0]['id']}", json={"active": False})

    assert [offer["subdistrict"] for offer in made] == [HERE, HERE, ELSEWHERE, "110108"]
    shown = {offer["id"] for offer in stage.get(RIDER, "/offers").json()["items"]}
    assert shown == {made[1]["id"], made[3]["id"]}
    assert stage.get(STAFF, "/offers").json()["total"] == 4
    assert stage.get(LAUNDRY, "/offers").json()["total"] == 3


def test_an_offer_that_the_district_takes_over_is_for_all_and_its_sub_district_changes_it_no_more(
    stage: Stage,
) -> None:
    offer_id = stage.post(STAFF_ELSEWHERE, "/offers", {"kind": "laundry", **TITLES}).json()["id"]
    path = f"/api/rewards/offers/{offer_id}"

    alone = stage.bench.http(STAFF_ELSEWHERE).patch(path, json={"district_wide": True})
    opened = stage.bench.http(DISTRICT).patch(path, json={"district_wide": True})
    later = stage.bench.http(STAFF_ELSEWHERE).patch(path, json={"points": 60})

    assert [answer.status_code for answer in (alone, opened, later)] == [403, 200, 403]
    assert opened.json()["subdistrict"] == "110108"
    assert stage.get(RIDER, "/offers").json()["total"] == 1
    assert [event.subdistrict for event in stage.bench.told(OfferChangedV1)] == [ELSEWHERE, "110108"]


@pytest.mark.parametrize(("kind", "least"), [("laundry", 25), ("haircut", 40), ("meal", 15), ("cool-down", 5)])
def test_a_sub_district_asks_for_half_of_the_usual_points_at_least_and_the_district_for_any(
    stage: Stage, kind: str, least: int
) -> None:
    draft = {"kind": kind, **TITLES}
    offer_id = stage.post(STAFF, "/offers", {**draft, "points": least}).json()["id"]

    refused = stage.post(STAFF, "/offers", {**draft, "points": least - 1})
    lowered = stage.bench.http(STAFF).patch(f"/api/rewards/offers/{offer_id}", json={"points": least - 1})

    for answer in (refused, lowered):
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "offer-price-too-low")
        assert answer.json()["points_min"] == least
    assert stage.post(DISTRICT, "/offers", {**draft, "points": 1}).status_code == 201


def test_a_change_is_told_and_leaves_alone_what_it_does_not_name(stage: Stage) -> None:
    offer_id = stage.offer("haircut")

    answer = stage.bench.http(DISTRICT).patch(f"/api/rewards/offers/{offer_id}", json={"points": 90})

    assert (answer.json()["points"], answer.json()["title_en"]) == (90, "Laundry voucher")
    assert [event.points for event in stage.bench.told(OfferChangedV1)] == [80, 90]


def test_an_offer_saved_as_it_stands_tells_nothing(stage: Stage) -> None:
    offer_id = stage.offer("haircut")

    answer = stage.bench.http(DISTRICT).patch(f"/api/rewards/offers/{offer_id}", json={"points": 80, "active": True})

    assert answer.status_code == 200
    assert len(stage.bench.told(OfferChangedV1)) == 1


def test_staff_change_the_offers_of_their_own_sub_district_only(stage: Stage) -> None:
    offer_id = stage.post(STAFF, "/offers", {"kind": "laundry", **TITLES}).json()["id"]

    answers = [
        stage.bench.http(who).patch(f"/api/rewards/offers/{offer_id}", json={"points": 30}).status_code
        for who in (RIDER, LAUNDRY, STAFF_ELSEWHERE, STAFF, DISTRICT)
    ]

    assert answers == [403, 403, 403, 200, 200]


def test_only_staff_make_offers(stage: Stage) -> None:
    answers = [stage.post(who, "/offers", {"kind": "laundry", **TITLES}).status_code for who in (RIDER, LAUNDRY)]

    assert answers == [403, 403]


def test_a_kind_that_is_not_offered_is_refused_with_those_that_are(stage: Stage) -> None:
    answer = stage.post(DISTRICT, "/offers", {"kind": "yacht", **TITLES})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "offer-kind-unknown")
    assert "laundry" in answer.json()["kinds"]


@pytest.mark.parametrize(
    "wrong", [{"points": 0}, {"points": -5}, {"points": 10**9}, {"points": True}, {"valid_days": 0}]
)
def test_points_and_days_have_bounds(stage: Stage, wrong: dict[str, int]) -> None:
    assert stage.post(DISTRICT, "/offers", {"kind": "laundry", **TITLES, **wrong}).status_code == 422
