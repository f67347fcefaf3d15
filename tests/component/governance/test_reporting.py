"""Reporting a hazard: where it belongs, what is said of it, what is refused."""

import pytest

from shared.auth import Principal
from shared.events.governance import HazardDetailsChangedV1, HazardReportedV1
from shared.events.registration import RiderErasedV1
from tests.component.governance.stage import (
    COMMUNITY_ELSEWHERE,
    ELSEWHERE,
    HERE,
    OTHER,
    PARTNER,
    RIDER,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    code,
    draft,
    point,
)


def test_a_report_belongs_to_the_sub_district_of_its_community(stage: Stage) -> None:
    answer = stage.post(RIDER, "/hazards", draft(community=COMMUNITY_ELSEWHERE))

    assert answer.status_code == 201
    assert answer.json()["subdistrict"] == ELSEWHERE
    (told,) = stage.bench.told(HazardReportedV1)
    assert (told.hazard_id, told.rider_id, told.subdistrict) == (answer.json()["hazard_id"], "rider-1", ELSEWHERE)
    assert (told.community, told.category, told.earns) == (COMMUNITY_ELSEWHERE, "manhole", True)


def test_the_answer_says_what_was_accepted(stage: Stage) -> None:
    answer = stage.post(RIDER, "/hazards", draft()).json()

    assert (answer["state"], answer["earns"], answer["no_award"], answer["note"]) == ("reported", True, None, None)
    assert (answer["similar"], answer["same_photo_as"], answer["earning_reports_max"]) == ([], None, 5)


def test_a_report_sent_twice_under_one_key_is_one_report(stage: Stage) -> None:
    first = stage.post(RIDER, "/hazards", draft(), key="tunnel")

    second = stage.post(RIDER, "/hazards", draft(), key="tunnel")

    assert second.json() == first.json()
    assert len(stage.bench.told(HazardReportedV1)) == 1


def test_words_and_exact_place_are_read_by_the_rider_and_the_own_staff(stage: Stage) -> None:
    hazard_id = stage.report()

    for reader in (RIDER, STAFF):
        read = stage.get(reader, f"/hazards/{hazard_id}").json()
        assert read["words"] == "井盖没了"
        assert read["point"] == {"lat": 39.99, "lon": 116.31, "datum": "WGS-84", "accuracy_m": 8}


def test_a_point_in_gcj02_is_kept_in_wgs84(stage: Stage) -> None:
    shifted = {"lat": 39.991281, "lon": 116.316104, "datum": "GCJ-02"}

    hazard_id = stage.report(point=shifted)

    read = stage.get(RIDER, f"/hazards/{hazard_id}").json()["point"]
    assert (read["lat"], read["lon"]) == (pytest.approx(39.99, abs=1e-5), pytest.approx(116.31, abs=1e-5))


@pytest.mark.parametrize("reader", [OTHER, STAFF_ELSEWHERE, PARTNER], ids=["other rider", "other staff", "partner"])
def test_nobody_else_finds_the_report(stage: Stage, reader: Principal) -> None:
    hazard_id = stage.report()

    answer = stage.get(reader, f"/hazards/{hazard_id}")
    unknown = stage.get(reader, "/hazards/no-such-report")

    assert code(answer) == code(unknown) == (404, "not-found")


def test_a_rider_lists_only_own_reports_and_staff_only_those_of_their_sub_district(stage: Stage) -> None:
    mine, theirs = stage.report(), stage.report(OTHER)
    elsewhere = stage.report(community=COMMUNITY_ELSEWHERE)

    own = stage.get(RIDER, "/hazards/mine").json()
    here = stage.get(STAFF, "/hazards").json()

    assert {item["hazard_id"] for item in own["items"]} == {mine, elsewhere}
    assert {item["hazard_id"] for item in here["items"]} == {mine, theirs}
    assert stage.get(STAFF_ELSEWHERE, "/hazards").json()["total"] == 1


def test_counts_stay_true_over_more_than_one_page_and_per_state(stage: Stage) -> None:
    ids = [stage.report() for _ in range(7)]
    stage.verify(ids[0])

    first = stage.get(STAFF, "/hazards?limit=3").json()
    second = stage.get(STAFF, f"/hazards?limit=3&cursor={first['next']}").json()
    verified = stage.get(STAFF, "/hazards?state=verified").json()

    assert (first["total"], second["total"], verified["total"]) == (7, 7, 1)
    assert len({item["hazard_id"] for item in (*first["items"], *second["items"])}) == 6
    assert stage.get(STAFF, "/hazards?state=lost").status_code == 422


def test_lists_hold_nothing_personal(stage: Stage) -> None:
    stage.report()

    listed = stage.get(STAFF, "/hazards").text

    assert not any(trace in listed for trace in ("井盖没了", "39.99", "rider-1"))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"community": "110108999999"}, (422, "unknown-community")),
        ({"community": HERE}, (422, "invalid-request")),
        ({"category": "unicorn"}, (422, "unknown-category")),
        ({"photo_id": "no-such-photo"}, (404, "not-found")),
        ({"point": {"lat": 39.99, "lon": 116.31}}, (422, "invalid-request")),
        ({"point": {"lat": 39.99, "lon": 116.31, "datum": "BD-09"}}, (422, "invalid-request")),
        ({"point": {"lat": 116.31, "lon": 39.99, "datum": "WGS-84"}}, (422, "invalid-request")),
        ({"point": {"lat": 31.2, "lon": 121.5, "datum": "WGS-84"}}, (422, "point-implausible")),
        ({"point": {"lat": "NaN", "lon": 116.31, "datum": "WGS-84"}}, (422, "invalid-request")),
        ({"words": "  "}, (422, "invalid-request")),
        ({"words": "长" * 501}, (422, "invalid-request")),
        ({"rider_id": "rider-2"}, (422, "invalid-request")),
    ],
)
def test_what_cannot_be_a_report_is_refused_and_leaves_nothing(
    stage: Stage, changes: dict[str, object], problem: tuple[int, str]
) -> None:
    answer = stage.post(RIDER, "/hazards", draft(**changes))

    assert code(answer) == problem
    assert not stage.bench.told(HazardReportedV1)
    assert stage.get(RIDER, "/hazards/mine").json()["total"] == 0


def test_a_report_of_nothing_is_told_what_it_takes(stage: Stage) -> None:
    nothing = {key: value for key, value in draft().items() if key != "words"}

    told = stage.post(RIDER, "/hazards", nothing).json()["errors"]

    assert [(error["code"], error["message"]) for error in told] == [
        ("nothing_reported", "give a photo, or words, or both")
    ]


def test_a_missing_datum_is_named(stage: Stage) -> None:
    answer = stage.post(RIDER, "/hazards", draft(point={"lat": 39.99, "lon": 116.31})).json()

    assert [error["field"] for error in answer["errors"]] == ["body.point.datum"]


def test_only_riders_report(stage: Stage) -> None:
    assert code(stage.post(STAFF, "/hazards", draft())) == (403, "forbidden")
    assert code(stage.get(RIDER, "/hazards")) == (403, "forbidden")
    assert stage.get(None, "/hazards/mine").status_code == 401


def test_an_erased_rider_s_token_reports_nothing_more(stage: Stage) -> None:
    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id="rider-1"))

    answer = stage.post(RIDER, "/hazards", draft())

    assert code(answer) == (403, "rider-erased")


def test_a_rider_corrects_words_and_place_while_nobody_has_decided(stage: Stage) -> None:
    hazard_id = stage.report()

    words = stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "井盖碎了"})
    place = stage.patch(RIDER, f"/hazards/{hazard_id}", {"point": point(100)})

    assert (words.status_code, place.status_code) == (200, 200)
    read = stage.get(STAFF, f"/hazards/{hazard_id}").json()
    assert read["words"] == "井盖碎了"
    assert read["point"]["lat"] == point(100)["lat"]


def test_a_correction_tells_what_it_changed_and_nothing_where_all_of_it_stood_already(stage: Stage) -> None:
    hazard_id = stage.report()

    stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "井盖没了", "point": point()})
    for _ in range(2):
        stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "井盖没了", "point": point(100)})
    stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "井盖碎了"})

    assert [event.fields for event in stage.bench.told(HazardDetailsChangedV1)] == [("point",), ("words",)]


def test_a_corrected_place_is_what_later_reports_are_compared_with(stage: Stage) -> None:
    hazard_id = stage.report()
    stage.patch(RIDER, f"/hazards/{hazard_id}", {"point": point(2000)})

    here = stage.post(OTHER, "/hazards", draft()).json()
    there = stage.post(OTHER, "/hazards", draft(point=point(2010))).json()

    assert here["similar"] == []
    assert [found["hazard_id"] for found in there["similar"]] == [hazard_id]


def test_nobody_corrects_somebody_else_s_report_or_a_decided_one(stage: Stage) -> None:
    hazard_id = stage.report()
    assert code(stage.patch(OTHER, f"/hazards/{hazard_id}", {"words": "x"})) == (404, "not-found")
    assert code(stage.patch(STAFF, f"/hazards/{hazard_id}", {"words": "x"})) == (403, "forbidden")
    assert code(stage.patch(RIDER, f"/hazards/{hazard_id}", {})) == (422, "invalid-request")
    stage.verify(hazard_id)

    assert code(stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "x"})) == (409, "hazard-already-decided")


def test_a_report_is_corrected_twenty_times_at_most_and_what_changes_nothing_does_not_count(stage: Stage) -> None:
    hazard_id = stage.report()

    taken = [stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": f"{n} holes"}).status_code for n in range(20)]
    same = stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "19 holes"})
    refused = stage.patch(RIDER, f"/hazards/{hazard_id}", {"words": "20 holes"})

    assert taken == [200] * 20
    assert same.status_code == 200
    assert code(refused) == (409, "too-many-changes")
    assert stage.get(RIDER, f"/hazards/{hazard_id}").json()["words"] == "19 holes"


def test_words_that_nobody_can_see_tell_nothing(stage: Stage) -> None:
    reported = stage.post(RIDER, "/hazards", draft(words="\u202e\u200b"))
    changed = stage.patch(RIDER, f"/hazards/{stage.report()}", {"words": "\u200b"})

    assert (reported.status_code, changed.status_code) == (422, 422)
