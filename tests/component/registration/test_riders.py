"""Riders: who sees whom, masks that survive a save, moves."""

import pytest

from shared.auth import Principal, Role
from shared.events.registration import PreferencesChangedV1, RiderDetailsChangedV1, RiderMovedV1
from tests.component.registration.stage import (
    BALIZHUANG,
    DATA_OFFICER,
    DISTRICT_STAFF,
    HAIDIAN_STREET,
    PHONE,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    problem_of,
)

PHONE_READER = Principal("notify", Role.SERVICE, scopes=frozenset({"rider.phone:read"}))
NAME_READER = Principal("training", Role.SERVICE, scopes=frozenset({"rider.name:read"}))


def real_values(stage: Stage, rider: Principal) -> tuple[str, str | None]:
    phone = stage.get(f"/riders/{rider.id}/phone", PHONE_READER).json()["phone"]
    return phone, stage.get(f"/riders/{rider.id}/name", NAME_READER).json()["name"]


def test_a_masked_form_that_is_saved_keeps_the_real_values(stage: Stage) -> None:
    rider = stage.rider(name="李雷", email="lei@example.com")
    shown = stage.get("/riders/me", rider).json()

    form = {name: shown[name] for name in ("phone", "name", "email", "language", "muted")}
    answer = stage.send("PATCH", "/riders/me", form, by=rider)

    assert (shown["phone"], shown["name"], shown["email"]) == ("138****5678", "李*", "l***@example.com")
    assert answer.status_code == 200
    assert real_values(stage, rider) == (PHONE, "李雷")
    assert stage.get("/riders/me", rider).json() == shown
    assert stage.bench.told(RiderDetailsChangedV1) == []
    assert stage.bench.told(PreferencesChangedV1) == []


def test_new_values_take_the_place_of_old_ones_and_null_removes_them(stage: Stage) -> None:
    rider = stage.rider(name="李雷", email="lei@example.com")

    stage.send("PATCH", "/riders/me", {"name": "韩梅梅", "email": None}, by=rider)

    assert real_values(stage, rider)[1] == "韩梅梅"
    assert stage.get("/riders/me", rider).json()["email"] is None
    assert stage.bench.told(RiderDetailsChangedV1)[-1].fields == ("name", "email")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "王*"}, "masked-value"),
        ({"email": "x***@example.com"}, "masked-value"),
        ({"phone": "13900000000"}, "phone-fixed"),
        ({"muted": ["all"]}, "invalid-request"),
        ({"subdistrict": HAIDIAN_STREET}, "invalid-request"),
    ],
)
def test_a_change_that_cannot_be_kept_says_why_and_changes_nothing(
    stage: Stage, fields: dict[str, object], problem: str
) -> None:
    rider = stage.rider(name="李雷", email="lei@example.com")

    answer = stage.send("PATCH", "/riders/me", {"language": "en", **fields}, by=rider)

    assert (answer.status_code, problem_of(answer)) == (422, problem)
    assert stage.get("/riders/me", rider).json()["language"] == "zh-CN"


def test_language_and_muted_notices_are_told_once_they_change(stage: Stage) -> None:
    rider = stage.rider()

    for _ in range(2):
        stage.send("PATCH", "/riders/me", {"language": "en", "muted": ["points:sms", "class:inbox"]}, by=rider)

    told = stage.bench.told(PreferencesChangedV1)
    assert [(event.language, event.muted) for event in told] == [("en", ("class:inbox", "points:sms"))]


def test_a_rider_never_finds_another_rider(stage: Stage) -> None:
    first, second = stage.rider(), stage.rider("13900000000")

    own, other, list_of_all = (
        stage.get(f"/riders/{first.id}", first),
        stage.get(f"/riders/{first.id}", second),
        stage.get("/riders", second),
    )

    assert (own.status_code, other.status_code, list_of_all.status_code) == (200, 404, 403)
    assert other.json()["type"] == stage.get("/riders/no-such-rider", second).json()["type"]


def test_staff_find_riders_of_their_own_sub_district_only_and_see_masks(stage: Stage) -> None:
    rider = stage.rider(name="李雷")
    stage.rider("13900000000", subdistrict=HAIDIAN_STREET)

    mine, theirs = stage.get("/riders", STAFF).json(), stage.get(f"/riders/{rider.id}", STAFF_ELSEWHERE)

    assert (mine["total"], [one["id"] for one in mine["items"]]) == (1, [rider.id])
    assert (mine["items"][0]["phone"], mine["items"][0]["name"]) == ("138****5678", "李*")
    assert theirs.status_code == 404
    assert stage.get("/riders", DISTRICT_STAFF).json()["total"] == 2
    assert stage.get(f"/riders/{rider.id}", DATA_OFFICER).status_code == 200


def test_counts_stay_true_over_more_rows_than_a_page(stage: Stage) -> None:
    riders = {stage.rider(f"1390000000{number}").id for number in range(5)}

    page, seen = stage.get("/riders?limit=2", STAFF).json(), []
    while True:
        seen += [one["id"] for one in page["items"]]
        assert page["total"] == 5
        if page["next"] is None:
            break
        page = stage.get(f"/riders?limit=2&cursor={page['next']}", STAFF).json()

    assert (len(seen), set(seen)) == (5, riders)


def test_a_service_reads_only_what_its_scope_says(stage: Stage) -> None:
    rider = stage.rider(name="李雷")

    statuses = [
        stage.get(f"/riders/{rider.id}/phone", NAME_READER).status_code,
        stage.get(f"/riders/{rider.id}/name", PHONE_READER).status_code,
        stage.get(f"/riders/{rider.id}/phone", DISTRICT_STAFF).status_code,
        stage.get("/riders/nobody/phone", PHONE_READER).status_code,
    ]

    assert statuses == [403, 403, 403, 404]


@pytest.mark.parametrize("who", ["rider", "staff"])
def test_a_rider_moves_and_the_event_says_from_where_to_where(stage: Stage, who: str) -> None:
    rider = stage.rider()
    by = rider if who == "rider" else STAFF

    answer = stage.post(f"/riders/{rider.id}/moves", {"subdistrict": HAIDIAN_STREET}, by=by)

    assert (answer.status_code, answer.json()["subdistrict"]) == (201, HAIDIAN_STREET)
    told = stage.bench.told(RiderMovedV1)
    assert [(event.subdistrict, event.previous_subdistrict) for event in told] == [(HAIDIAN_STREET, BALIZHUANG)]
    assert stage.get(f"/riders/{rider.id}", STAFF).status_code == 404


def test_a_move_is_refused_to_others_to_nowhere_and_to_the_same_place(stage: Stage) -> None:
    rider, other = stage.rider(), stage.rider("13900000000")

    def move(place: str, by: Principal) -> str:
        return problem_of(stage.post(f"/riders/{rider.id}/moves", {"subdistrict": place}, by=by))

    assert move(HAIDIAN_STREET, STAFF_ELSEWHERE) == "not-found"
    assert move(HAIDIAN_STREET, other) == "not-found"
    assert move("110105001", rider) == "subdistrict-unknown"
    assert move(BALIZHUANG, rider) == "rider-already-there"
    assert stage.bench.told(RiderMovedV1) == []
