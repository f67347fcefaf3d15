"""Staff: who may appoint whom, invitations, and what ends with an office."""

from typing import Any
from uuid import uuid4

import pyotp
import pytest
from httpx2 import Response
from sqlalchemy import select

from shared.auth import Principal
from shared.events.registration import StaffAppointedV1, StaffEndedV1
from shared.messaging.tables import idempotency
from tests.component.registration.stage import (
    ADMINISTRATOR,
    BALIZHUANG,
    DATA_OFFICER,
    DISTRICT_STAFF,
    HAIDIAN_STREET,
    PASSWORD,
    STAFF,
    Stage,
    problem_of,
    secret_of,
)

SUBDISTRICT_STAFF = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG, "login": "wang"}


def appoint(stage: Stage, by: Principal = ADMINISTRATOR, **change: Any) -> Response:
    return stage.post("/staff", {**SUBDISTRICT_STAFF, **change}, by=by)


def activate(stage: Stage, invitation: str, password: str = PASSWORD) -> Response:
    return stage.post("/staff/activations", {"invitation": invitation, "password": password})


def sign_in(stage: Stage, activated: Response, login: str = "wang") -> Response:
    totp = pyotp.TOTP(secret_of(activated.json()["totp_uri"])).at(stage.bench.clock.now())
    return stage.tokens(grant_type="password", login=login, password=PASSWORD, totp=totp)


def test_an_invited_person_chooses_a_password_and_signs_in_for_the_sub_district(stage: Stage) -> None:
    invited = appoint(stage)

    activated = activate(stage, invited.json()["invitation"])
    signed_in = sign_in(stage, activated)

    assert (invited.status_code, activated.status_code, signed_in.status_code) == (201, 201, 200)
    with stage.http() as http:
        headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        listed = http.get("/api/registration/staff", headers=headers).json()
    assert [(one["login"], one["subdistrict"]) for one in listed["items"]] == [("wang", BALIZHUANG)]
    told = stage.bench.told(StaffAppointedV1)
    assert [(event.role, event.subdistrict, event.ends_on) for event in told] == [
        ("subdistrict-staff", BALIZHUANG, None)
    ]


def test_an_invitation_counts_once(stage: Stage) -> None:
    invitation = appoint(stage).json()["invitation"]
    activate(stage, invitation)

    again = activate(stage, invitation)

    assert (again.status_code, problem_of(again)) == (400, "invitation-invalid")


def test_an_invitation_expires_after_three_days_and_a_new_one_can_be_had(stage: Stage) -> None:
    invited = appoint(stage).json()
    stage.pass_time(days=3)

    late = activate(stage, invited["invitation"])
    renewed = stage.post(f"/staff/{invited['id']}/invitations", by=ADMINISTRATOR).json()["invitation"]
    accepted = activate(stage, renewed)

    assert (problem_of(late), accepted.status_code) == ("invitation-invalid", 201)


def test_a_newer_invitation_replaces_an_older_one(stage: Stage) -> None:
    invited = appoint(stage).json()
    stage.post(f"/staff/{invited['id']}/invitations", by=ADMINISTRATOR)

    answer = activate(stage, invited["invitation"])

    assert problem_of(answer) == "invitation-invalid"


@pytest.mark.parametrize("invitation", ["forged", "0190c0de-0000-7000-8000-000000000000.00ff"])
def test_an_invitation_that_was_not_given_out_is_refused(stage: Stage, invitation: str) -> None:
    answer = activate(stage, invitation)

    assert problem_of(answer) == "invitation-invalid"


def test_the_id_of_an_invitation_is_not_enough_to_accept_it(stage: Stage) -> None:
    invited = appoint(stage).json()

    answers = [activate(stage, text) for text in (invited["invitation_id"], f"{invited['invitation_id']}.{'0' * 64}")]

    assert [problem_of(answer) for answer in answers] == ["invitation-invalid"] * 2


def test_a_weak_password_is_refused_and_the_invitation_goes_on_to_count(stage: Stage) -> None:
    invitation = appoint(stage).json()["invitation"]

    weak, strong = activate(stage, invitation, "wang-is-the-best"), activate(stage, invitation)

    assert (problem_of(weak), strong.status_code) == ("password-weak", 201)


def test_the_stored_answer_does_not_hold_the_invitation_and_a_repeat_gives_it_again(stage: Stage) -> None:
    headers = {"Idempotency-Key": uuid4().hex}

    with stage.http(ADMINISTRATOR) as http:
        first = http.post("/api/registration/staff", json=SUBDISTRICT_STAFF, headers=headers).json()
        repeat = http.post("/api/registration/staff", json=SUBDISTRICT_STAFF, headers=headers).json()

    with stage.bench.read() as session:
        stored = "".join(session.scalars(select(idempotency.c.answer)))
    assert first["invitation"] == repeat["invitation"]
    assert first["invitation"] not in stored


@pytest.mark.parametrize(
    ("by", "role", "place", "answer"),
    [
        (ADMINISTRATOR, "district-staff", "110108", (201, "")),
        (ADMINISTRATOR, "data-officer", "110108", (201, "")),
        (ADMINISTRATOR, "operator", "110108", (201, "")),
        (ADMINISTRATOR, "administrator", "110108", (403, "may-not-appoint")),
        (ADMINISTRATOR, "rider", "110108", (403, "may-not-appoint")),
        (ADMINISTRATOR, "district-staff", BALIZHUANG, (422, "office-place-unfit")),
        (ADMINISTRATOR, "subdistrict-staff", "110108", (422, "office-place-unfit")),
        (ADMINISTRATOR, "subdistrict-staff", "110105001", (422, "subdistrict-unknown")),
        (DISTRICT_STAFF, "subdistrict-staff", HAIDIAN_STREET, (201, "")),
        (DISTRICT_STAFF, "district-staff", "110108", (403, "may-not-appoint")),
        (STAFF, "subdistrict-staff", BALIZHUANG, (403, "forbidden")),
        (DATA_OFFICER, "subdistrict-staff", BALIZHUANG, (403, "forbidden")),
    ],
)
def test_who_may_appoint_whom(stage: Stage, by: Principal, role: str, place: str, answer: tuple[int, str]) -> None:
    given = appoint(stage, by, role=role, subdistrict=place)

    assert (given.status_code, problem_of(given) if given.is_error else "") == answer


def test_a_login_that_is_taken_leaves_nothing_behind(stage: Stage) -> None:
    appoint(stage)

    answer = appoint(stage, subdistrict=HAIDIAN_STREET)

    assert (answer.status_code, problem_of(answer)) == (409, "login-taken")
    assert stage.get("/staff", ADMINISTRATOR).json()["total"] == 1


def test_an_ended_office_signs_nobody_in_and_refreshes_no_token(stage: Stage) -> None:
    invited = appoint(stage).json()
    activated = activate(stage, invited["invitation"])
    token = sign_in(stage, activated).json()["refresh_token"]

    ended = stage.post(f"/staff/{invited['id']}/endings", by=ADMINISTRATOR)
    again = stage.post(f"/staff/{invited['id']}/endings", by=ADMINISTRATOR)

    stage.pass_time(minutes=1)
    assert (ended.status_code, problem_of(again)) == (201, "not-appointed")
    assert problem_of(sign_in(stage, activated)) == "not-in-office"
    assert stage.tokens(grant_type="refresh_token", refresh_token=token).status_code == 401
    assert [event.staff_id for event in stage.bench.told(StaffEndedV1)] == [invited["id"]]


def test_a_person_whose_office_has_ended_can_hold_another(stage: Stage) -> None:
    staff_id = appoint(stage).json()["id"]
    office = {"role": "subdistrict-staff", "subdistrict": HAIDIAN_STREET}

    early = stage.post(f"/staff/{staff_id}/appointments", office, by=ADMINISTRATOR)
    stage.post(f"/staff/{staff_id}/endings", by=ADMINISTRATOR)
    later = stage.post(f"/staff/{staff_id}/appointments", office, by=ADMINISTRATOR)

    assert (problem_of(early), later.status_code) == ("already-appointed", 201)
    assert later.json()["subdistrict"] == HAIDIAN_STREET


def test_an_office_with_a_last_day_ends_by_itself_after_that_day_in_shanghai(stage: Stage) -> None:
    activated = activate(stage, appoint(stage, ends_on="2026-09-19").json()["invitation"])

    stage.pass_time(hours=35, minutes=59)
    stage.bench.fire_timers()
    on_the_last_day = sign_in(stage, activated)
    stage.pass_time(minutes=1)
    stage.bench.fire_timers()
    after = sign_in(stage, activated)

    assert (on_the_last_day.status_code, problem_of(after)) == (200, "not-in-office")
    assert len(stage.bench.told(StaffEndedV1)) == 1


def test_an_office_that_was_ended_early_is_not_ended_again_on_its_last_day(stage: Stage) -> None:
    staff_id = appoint(stage, ends_on="2026-09-19").json()["id"]
    stage.post(f"/staff/{staff_id}/endings", by=ADMINISTRATOR)

    stage.pass_time(days=3)

    assert stage.bench.fire_timers() == 0
    assert len(stage.bench.told(StaffEndedV1)) == 1


def test_a_new_password_revokes_the_tokens_that_the_old_one_got(stage: Stage) -> None:
    invited = appoint(stage).json()
    token = sign_in(stage, activate(stage, invited["invitation"])).json()["refresh_token"]
    renewed = stage.post(f"/staff/{invited['id']}/invitations", by=ADMINISTRATOR).json()["invitation"]

    before = stage.tokens(grant_type="refresh_token", refresh_token=token)
    activate(stage, renewed)
    after = stage.tokens(grant_type="refresh_token", refresh_token=before.json()["refresh_token"])

    assert (before.status_code, after.status_code) == (200, 401)


def test_an_office_that_begins_later_signs_nobody_in_before(stage: Stage) -> None:
    activated = activate(stage, appoint(stage, starts_on="2026-09-20").json()["invitation"])

    before = sign_in(stage, activated)
    stage.pass_time(hours=36)
    then = sign_in(stage, activated)

    assert (problem_of(before), then.status_code) == ("not-in-office", 200)


@pytest.mark.parametrize("dates", [{"ends_on": "2026-09-17"}, {"starts_on": "2026-10-02", "ends_on": "2026-10-01"}])
def test_an_office_cannot_end_before_it_begins(stage: Stage, dates: dict[str, str]) -> None:
    answer = appoint(stage, ADMINISTRATOR, **dates)

    assert (answer.status_code, problem_of(answer)) == (422, "office-dates-reversed")


@pytest.mark.parametrize(
    "dates",
    [{"ends_on": "9999-12-31"}, {"starts_on": "9999-12-31"}, {"starts_on": "0001-01-01"}, {"ends_on": 1_900_000_000}],
)
def test_an_office_s_days_are_days_that_calendars_hold(stage: Stage, dates: dict[str, object]) -> None:
    answer = appoint(stage, ADMINISTRATOR, **dates)

    assert (answer.status_code, problem_of(answer)) == (422, "invalid-request")


def test_staff_see_the_offices_of_their_own_sub_district_with_a_true_count(stage: Stage) -> None:
    for number in range(3):
        appoint(stage, login=f"ours-{number}")
    appoint(stage, login="theirs", subdistrict=HAIDIAN_STREET)

    page = stage.get("/staff?limit=2", STAFF).json()
    rest = stage.get(f"/staff?limit=2&cursor={page['next']}", STAFF).json()

    logins = [one["login"] for one in [*page["items"], *rest["items"]]]
    assert (page["total"], sorted(logins), rest["next"]) == (3, ["ours-0", "ours-1", "ours-2"], None)
