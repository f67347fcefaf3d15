"""Staff whose office has ended: the access token lives on for minutes, and is worth nothing."""

from uuid import uuid4

import pytest

from shared.auth import Principal, Role
from tests.component.registration.stage import (
    ADMINISTRATOR,
    BALIZHUANG,
    HAIDIAN_STREET,
    PHONE,
    Stage,
    problem_of,
    sign_up_body,
)

SHOP = {"kind": "haircut", "title_zh": "理发店", "title_en": "Barber", "subdistrict": BALIZHUANG, "login": "barber"}
ACCOMPLICE = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG, "login": "backdoor"}


def appointed(stage: Stage, role: Role = Role.DISTRICT_STAFF, subdistrict: str | None = None) -> Principal:
    office = {"role": role, "subdistrict": subdistrict or "110108", "login": f"their-{role}"}
    made = stage.post("/staff", office, by=ADMINISTRATOR)
    assert made.status_code == 201, made.text
    return Principal(made.json()["id"], role, subdistrict)


def dismiss(stage: Stage, person: Principal) -> None:
    assert stage.post(f"/staff/{person.id}/endings", by=ADMINISTRATOR).status_code == 201


def test_dismissed_district_staff_appoint_nobody_and_take_in_no_partner(stage: Stage) -> None:
    district = appointed(stage)
    colleague = stage.post("/staff", {**ACCOMPLICE, "login": "colleague"}, by=district).json()["id"]
    dismiss(stage, district)

    answers = [
        stage.post("/staff", ACCOMPLICE, by=district),
        stage.post("/partners", SHOP, by=district),
        stage.post(f"/staff/{colleague}/invitations", by=district),
        stage.post(f"/staff/{colleague}/endings", by=district),
    ]

    assert [(answer.status_code, problem_of(answer)) for answer in answers] == [(403, "office-ended")] * 4
    logins = [one["login"] for one in stage.get("/staff", ADMINISTRATOR).json()["items"]]
    assert sorted(logins) == ["colleague", "their-district-staff"]


@pytest.mark.parametrize("path", ["/riders", "/riders/{rider_id}", "/staff", "/partners"])
def test_dismissed_staff_read_nothing(stage: Stage, path: str) -> None:
    staff = appointed(stage, Role.SUBDISTRICT_STAFF, BALIZHUANG)
    path = path.format(rider_id=stage.rider().id)
    before = stage.get(path, staff).status_code

    dismiss(stage, staff)
    after = stage.get(path, staff)

    assert (before, after.status_code, problem_of(after)) == (200, 403, "office-ended")


def test_a_dismissed_data_officer_erases_nobody(stage: Stage) -> None:
    officer, rider = appointed(stage, Role.DATA_OFFICER), stage.rider()
    dismiss(stage, officer)

    answer = stage.send("DELETE", f"/riders/{rider.id}", by=officer)

    assert (answer.status_code, problem_of(answer)) == (403, "office-ended")
    assert stage.get("/riders/me", rider).status_code == 200


def test_who_serves_another_sub_district_by_now_registers_riders_with_the_new_token_only(stage: Stage) -> None:
    staff = appointed(stage, Role.SUBDISTRICT_STAFF, BALIZHUANG)
    dismiss(stage, staff)
    office = {"role": staff.role, "subdistrict": HAIDIAN_STREET}
    assert stage.post(f"/staff/{staff.id}/appointments", office, by=ADMINISTRATOR).status_code == 201
    moved = Principal(staff.id, staff.role, HAIDIAN_STREET)

    old = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=staff)
    new = stage.post("/riders/registrations", {**sign_up_body(subdistrict=HAIDIAN_STREET), "phone": PHONE}, by=moved)

    assert (problem_of(old), new.status_code) == ("office-ended", 201)


def test_dismissed_staff_get_no_invitation_by_repeating_what_they_asked_before(stage: Stage) -> None:
    district, headers = appointed(stage), {"Idempotency-Key": uuid4().hex}

    with stage.http(district) as http:
        first = http.post("/api/registration/staff", json=ACCOMPLICE, headers=headers)
        dismiss(stage, district)
        repeat = http.post("/api/registration/staff", json=ACCOMPLICE, headers=headers)

    assert (first.status_code, repeat.status_code, problem_of(repeat)) == (201, 403, "office-ended")
