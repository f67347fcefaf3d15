"""Ids that stand for nothing, and choices taken back."""

import pytest

from shared.auth import Principal
from shared.events.registration import PreferencesChangedV1
from tests.component.registration.stage import ADMINISTRATOR, BALIZHUANG, STAFF, Stage, problem_of

OFFICE = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG}


@pytest.mark.parametrize(
    ("method", "path", "body", "by"),
    [
        ("GET", "/riders/unknown", None, STAFF),
        ("POST", "/riders/unknown/moves", {"subdistrict": BALIZHUANG}, STAFF),
        ("POST", "/staff/unknown/endings", None, ADMINISTRATOR),
        ("POST", "/staff/unknown/appointments", OFFICE, ADMINISTRATOR),
        ("GET", "/partners/unknown", None, STAFF),
        ("PATCH", "/partners/unknown", {"active": False}, ADMINISTRATOR),
        ("POST", "/partners/unknown/invitations", None, ADMINISTRATOR),
    ],
)
def test_what_is_not_there_is_said_not_to_be_found(
    stage: Stage, method: str, path: str, body: object, by: Principal
) -> None:
    answer = stage.send(method, path, body, by)

    assert (answer.status_code, problem_of(answer)) == (404, "not-found")


def test_notices_that_were_muted_can_be_heard_again(stage: Stage) -> None:
    rider = stage.rider()

    for muted in (["points:sms"], []):
        stage.send("PATCH", "/riders/me", {"muted": muted}, by=rider)

    assert [event.muted for event in stage.bench.told(PreferencesChangedV1)] == [("points:sms",), ()]
    assert stage.get("/riders/me", rider).json()["muted"] == []


def test_a_token_of_a_rider_who_is_not_there_changes_nothing(stage: Stage) -> None:
    gone = stage.rider()
    stage.send("DELETE", "/riders/me", by=gone)

    answer = stage.send("PATCH", "/riders/me", {"name": "李雷"}, by=gone)

    assert answer.status_code == 404
