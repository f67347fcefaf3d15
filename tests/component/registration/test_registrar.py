"""Staff register a rider: the same check by phone, and no word of riders of other sub-districts."""

from uuid import uuid4

from shared.auth import Principal, Role
from tests.component.registration.stage import (
    BALIZHUANG,
    DISTRICT_STAFF,
    HAIDIAN_STREET,
    PHONE,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    problem_of,
    sign_up_body,
)


def test_staff_register_a_rider_who_later_signs_in_with_a_code(stage: Stage) -> None:
    made = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=STAFF)
    signed_up = stage.sign_up()

    assert (made.status_code, made.json()["known"]) == (201, False)
    assert (signed_up["known"], signed_up["rider_id"]) == (True, made.json()["rider_id"])
    assert "access_token" not in made.json()


def test_staff_are_told_that_a_rider_of_their_sub_district_is_known(stage: Stage) -> None:
    rider = stage.rider()

    answer = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=STAFF)

    assert (answer.status_code, answer.json()["known"], answer.json()["rider_id"]) == (201, True, rider.id)


def test_of_a_rider_elsewhere_staff_are_told_only_that_the_phone_is_registered(stage: Stage) -> None:
    rider = stage.rider(subdistrict=BALIZHUANG)

    body = {**sign_up_body(subdistrict=HAIDIAN_STREET), "phone": PHONE}
    answer = stage.post("/riders/registrations", body, by=STAFF_ELSEWHERE)

    assert (answer.status_code, problem_of(answer)) == (409, "phone-registered-elsewhere")
    assert rider.id not in answer.text
    assert BALIZHUANG not in answer.text


def test_district_staff_are_told_of_a_known_rider_of_any_sub_district(stage: Stage) -> None:
    rider = stage.rider(subdistrict=BALIZHUANG)

    body = {**sign_up_body(subdistrict=HAIDIAN_STREET), "phone": PHONE}
    answer = stage.post("/riders/registrations", body, by=DISTRICT_STAFF)

    assert (answer.json()["rider_id"], answer.json()["subdistrict"]) == (rider.id, BALIZHUANG)


def test_staff_cannot_register_a_rider_of_another_sub_district(stage: Stage) -> None:
    answer = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=STAFF_ELSEWHERE)

    assert (answer.status_code, problem_of(answer)) == (403, "forbidden")


def test_a_repeat_under_the_same_key_registers_once_and_another_body_is_refused(stage: Stage) -> None:
    headers, body = {"Idempotency-Key": uuid4().hex}, {**sign_up_body(), "phone": PHONE}

    with stage.http(STAFF) as http:
        first = http.post("/api/registration/riders/registrations", json=body, headers=headers)
        repeat = http.post("/api/registration/riders/registrations", json=body, headers=headers)
        other = http.post(
            "/api/registration/riders/registrations", json={**body, "phone": "13900000000"}, headers=headers
        )

    assert first.json() == repeat.json()
    assert problem_of(other) == "idempotency-key-reused"


def test_staff_who_repeat_a_registration_are_not_told_where_the_rider_has_moved(stage: Stage) -> None:
    body, headers = {**sign_up_body(), "phone": PHONE}, {"Idempotency-Key": "k1"}
    with stage.http(STAFF) as http:
        made = http.post("/api/registration/riders/registrations", json=body, headers=headers).json()
    rider = Principal(made["rider_id"], Role.RIDER, BALIZHUANG)
    stage.post(f"/riders/{rider.id}/moves", {"subdistrict": HAIDIAN_STREET}, by=rider)
    stage.pass_time(hours=25)

    with stage.http(STAFF) as http:
        again = http.post("/api/registration/riders/registrations", json=body, headers=headers)

    assert (again.status_code, problem_of(again)) == (404, "made-elsewhere")
    assert HAIDIAN_STREET not in again.text
