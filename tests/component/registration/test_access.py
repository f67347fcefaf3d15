"""Every route crossed with every role: who is let in, and that everybody else is kept out."""

import re

import pytest

from shared.auth import Principal, Role
from tests.component.registration.stage import BALIZHUANG, PHONE, Stage, sign_up_body

STAFF = {Role.SUBDISTRICT_STAFF, Role.DISTRICT_STAFF, Role.ADMINISTRATOR}
APPOINTERS = {Role.DISTRICT_STAFF, Role.ADMINISTRATOR}
OPEN = {
    "POST /codes",
    "POST /token",
    "POST /riders",
    "POST /staff/activations",
    "GET /jwks.json",
    "GET /consents/purposes",
    "GET /places/subdistricts",
    "GET /places/subdistricts/{code}/communities",
    "GET /platforms",
}
FOR_SERVICES = {"GET /riders/{rider_id}/phone", "GET /riders/{rider_id}/name"}
OF_THE_KIT = ("/events", "/audit", "/livez", "/readyz", "/metrics")
MOVE = {"subdistrict": "110108012"}
OFFICE = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG}
PARTNER = {"kind": "laundry", "title_zh": "洗", "title_en": "Wash", "subdistrict": BALIZHUANG, "login": "washers"}
LET_IN: dict[str, tuple[set[Role], object]] = {
    "GET /riders": (STAFF, None),
    "GET /riders/me": ({Role.RIDER}, None),
    "PATCH /riders/me": ({Role.RIDER}, {"language": "en"}),
    "DELETE /riders/me": ({Role.RIDER}, None),
    "GET /riders/{rider_id}": (STAFF | {Role.RIDER, Role.DATA_OFFICER}, None),
    "DELETE /riders/{rider_id}": ({Role.RIDER, Role.DATA_OFFICER}, None),
    "GET /riders/{rider_id}/erasure": (set(), None),
    "POST /riders/{rider_id}/moves": (STAFF | {Role.RIDER}, MOVE),
    "POST /riders/registrations": (STAFF, {**sign_up_body(), "phone": "13900000000"}),
    "GET /riders/me/consents": ({Role.RIDER}, None),
    "GET /riders/me/consents/history": ({Role.RIDER}, None),
    "PUT /riders/me/consents/{purpose}": ({Role.RIDER}, {"granted": True, "wording": "photo-1"}),
    "DELETE /sign-ins": (set(Role) - {Role.SERVICE}, None),
    "GET /staff": (STAFF, None),
    "POST /staff": (APPOINTERS, {**OFFICE, "login": "newcomer"}),
    "POST /staff/{staff_id}/invitations": (APPOINTERS, None),
    "POST /staff/{staff_id}/appointments": (set(), OFFICE),
    "POST /staff/{staff_id}/endings": (APPOINTERS, None),
    "GET /partners": (STAFF, None),
    "POST /partners": (APPOINTERS, PARTNER),
    "GET /partners/{partner_id}": (STAFF | {Role.PARTNER_STAFF}, None),
    "PATCH /partners/{partner_id}": (APPOINTERS, {"title_en": "Washers"}),
    "POST /partners/{partner_id}/invitations": (APPOINTERS, None),
}


def made(stage: Stage) -> dict[str, str]:
    """Make one of each and return what fills the paths."""
    boss = Principal("boss", Role.ADMINISTRATOR)
    return {
        "rider_id": stage.rider(PHONE).id,
        "staff_id": stage.post("/staff", {**OFFICE, "login": "wang"}, by=boss).json()["id"],
        "partner_id": stage.post("/partners", {**PARTNER, "login": "laundry"}, by=boss).json()["id"],
        "purpose": "photo",
    }


def as_role(role: Role, ids: dict[str, str]) -> Principal:
    """Return somebody of that role who may reach what was made."""
    who = ids["rider_id"] if role is Role.RIDER else f"some-{role.value}"
    return Principal(who, role, BALIZHUANG, ids["partner_id"] if role is Role.PARTNER_STAFF else None)


def routes(stage: Stage) -> set[str]:
    """Return every route that registration has of its own."""
    with stage.http() as http:
        paths = http.get("/api/registration/openapi.json").json()["paths"]
    found = ((method.upper(), path.removeprefix("/api/registration")) for path in paths for method in paths[path])
    return {f"{method} {path}" for method, path in found if not path.startswith(OF_THE_KIT)}


def test_the_table_names_every_route(stage: Stage) -> None:
    assert routes(stage) == OPEN | FOR_SERVICES | set(LET_IN)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(stage: Stage, role: Role) -> None:
    ids = made(stage)
    deletions_last = sorted(
        LET_IN, key=lambda route: (route.startswith("DELETE"), "moves" in route, "endings" in route)
    )

    wrong = []
    for route in deletions_last:
        method, path = route.split(" ")
        answer = stage.send(method, path.format(**ids), LET_IN[route][1], by=as_role(role, ids))
        if answer.is_success != (role in LET_IN[route][0]):
            wrong.append((route, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("route", sorted({*LET_IN, *FOR_SERVICES}))
def test_nobody_gets_in_without_a_token(stage: Stage, route: str) -> None:
    method, path = route.split(" ")

    answer = stage.send(method, re.sub(r"\{\w+\}", "some-id", path), LET_IN.get(route, ((), None))[1])

    assert answer.status_code == 401


def test_a_service_s_token_opens_no_route_for_people(stage: Stage) -> None:
    service = Principal("rewards", Role.SERVICE, scopes=frozenset({"events:read"}))

    answers = [stage.get(path, service).status_code for path in ("/riders", "/riders/me", "/staff", "/partners")]

    assert answers == [403] * 4
