"""Partners: taken in by the district, signed in with an account, gone when they leave."""

import pyotp
import pytest

from shared.auth import Principal, Role
from shared.events.registration import PartnerChangedV1
from tests.component.registration.stage import (
    ADMINISTRATOR,
    BALIZHUANG,
    DISTRICT_STAFF,
    HAIDIAN_STREET,
    PASSWORD,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    problem_of,
    secret_of,
)

LAUNDRY = {
    "kind": "laundry",
    "title_zh": "八里庄洗衣店",
    "title_en": "Balizhuang Laundry",
    "subdistrict": BALIZHUANG,
    "login": "laundry",
}


def activate(stage: Stage, invitation: str) -> str:
    body = {"invitation": invitation, "password": PASSWORD}
    return str(stage.post("/staff/activations", body).json()["totp_uri"])


def sign_in(stage: Stage, invitation: str) -> dict[str, str]:
    uri = activate(stage, invitation)
    totp = pyotp.TOTP(secret_of(uri)).at(stage.bench.clock.now())
    answer = stage.tokens(grant_type="password", login="laundry", password=PASSWORD, totp=totp)
    tokens: dict[str, str] = answer.json()
    return tokens


def test_a_partner_is_taken_in_and_its_account_signs_in_as_that_partner(stage: Stage) -> None:
    invited = stage.post("/partners", LAUNDRY, by=DISTRICT_STAFF).json()

    access = sign_in(stage, invited["invitation"])["access_token"]

    with stage.http() as http:
        headers = {"Authorization": f"Bearer {access}"}
        own = http.get(f"/api/registration/partners/{invited['id']}", headers=headers).json()
    assert (own["title_zh"], own["active"]) == ("八里庄洗衣店", True)
    assert [(event.partner_id, event.kind) for event in stage.bench.told(PartnerChangedV1)] == [
        (invited["id"], "laundry")
    ]


def test_a_partner_that_left_cannot_sign_in_until_it_comes_back(stage: Stage) -> None:
    invited = stage.post("/partners", LAUNDRY, by=ADMINISTRATOR).json()
    token = sign_in(stage, invited["invitation"])["refresh_token"]

    left = stage.send("PATCH", f"/partners/{invited['id']}", {"active": False}, by=ADMINISTRATOR)
    refused = stage.tokens(grant_type="refresh_token", refresh_token=token)
    stage.send("PATCH", f"/partners/{invited['id']}", {"active": True}, by=ADMINISTRATOR)
    renewed = stage.post(f"/partners/{invited['id']}/invitations", by=ADMINISTRATOR).json()

    assert (left.json()["active"], refused.status_code) == (False, 401)
    assert "access_token" in sign_in(stage, renewed["invitation"])
    assert [event.active for event in stage.bench.told(PartnerChangedV1)] == [True, False, True]


def test_a_partner_that_left_cannot_sign_in_with_its_password(stage: Stage) -> None:
    invited = stage.post("/partners", LAUNDRY, by=ADMINISTRATOR).json()
    stage.send("PATCH", f"/partners/{invited['id']}", {"active": False}, by=ADMINISTRATOR)

    answer = sign_in(stage, invited["invitation"])

    assert answer["type"].endswith("not-in-office")


def test_titles_change_and_what_is_left_out_stays(stage: Stage) -> None:
    partner_id = stage.post("/partners", LAUNDRY, by=ADMINISTRATOR).json()["id"]

    changed = stage.send("PATCH", f"/partners/{partner_id}", {"title_en": "New Laundry"}, by=ADMINISTRATOR).json()

    assert (changed["title_zh"], changed["title_en"]) == ("八里庄洗衣店", "New Laundry")
    assert stage.bench.told(PartnerChangedV1)[-1].title_en == "New Laundry"


def test_a_partner_saved_as_it_stands_tells_nothing(stage: Stage) -> None:
    partner_id = stage.post("/partners", LAUNDRY, by=ADMINISTRATOR).json()["id"]

    for _ in range(2):
        stage.send("PATCH", f"/partners/{partner_id}", {"title_en": "New Laundry", "active": True}, by=ADMINISTRATOR)

    assert len(stage.bench.told(PartnerChangedV1)) == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"kind": "casino"}, "partner-kind-unknown"), ({"subdistrict": "110105001"}, "subdistrict-unknown")],
)
def test_a_partner_of_no_known_kind_or_place_is_refused(stage: Stage, change: dict[str, str], problem: str) -> None:
    answer = stage.post("/partners", {**LAUNDRY, **change}, by=ADMINISTRATOR)

    assert problem_of(answer) == problem


def test_partners_are_seen_by_their_sub_district_s_staff_and_by_themselves_only(stage: Stage) -> None:
    partner_id = stage.post("/partners", LAUNDRY, by=ADMINISTRATOR).json()["id"]
    stage.post("/partners", {**LAUNDRY, "login": "barber", "subdistrict": HAIDIAN_STREET}, by=ADMINISTRATOR)
    other = Principal("account", Role.PARTNER_STAFF, HAIDIAN_STREET, "another-partner")

    seen = {who.id: stage.get(f"/partners/{partner_id}", who).status_code for who in (STAFF, STAFF_ELSEWHERE, other)}

    assert seen == {"staff": 200, "staff-elsewhere": 404, "account": 404}
    assert stage.get("/partners", STAFF).json()["total"] == 1
    assert stage.get("/partners", DISTRICT_STAFF).json()["total"] == 2
