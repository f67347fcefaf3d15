"""Consents: granted and withdrawn by purpose, with the wording and the history."""

import pytest

from shared.events.registration import ConsentChangedV1, RiderDetailsChangedV1
from tests.component.registration.stage import PHONE, STAFF, Stage, problem_of, sign_up_body


def test_purposes_are_listed_with_the_wording_in_force_in_the_caller_s_language(stage: Stage) -> None:
    english = stage.get("/consents/purposes").json()

    with stage.http(language="zh-CN") as http:
        chinese = http.get("/api/registration/consents/purposes").json()
    assert [one["code"] for one in english] == ["service", "precise-location", "sms-notices", "photo"]
    assert [one["needed"] for one in english] == [True, False, False, False]
    assert (english[0]["title"], chinese[0]["title"]) == ("Basic service", "提供基本服务")


def test_a_consent_is_granted_and_withdrawn_and_nothing_is_forgotten(stage: Stage) -> None:
    rider = stage.rider()

    for granted in (True, False):
        body = {"granted": granted, "wording": "precise-location-1"}
        answer = stage.send("PUT", "/riders/me/consents/precise-location", body, by=rider)
        assert answer.json()["granted"] is granted

    standing = {one["purpose"]: one["granted"] for one in stage.get("/riders/me/consents", rider).json()}
    history = stage.get("/riders/me/consents/history", rider).json()
    assert standing == {"service": True, "photo": True, "precise-location": False}
    assert history["total"] == 4
    told = [event.granted for event in stage.bench.told(ConsentChangedV1) if event.purpose == "precise-location"]
    assert told == [True, False]


def test_the_same_said_again_is_no_change(stage: Stage) -> None:
    rider, body = stage.rider(), {"granted": True, "wording": "photo-1"}
    before = stage.bench.told(ConsentChangedV1), stage.bench.told(RiderDetailsChangedV1)

    answer = stage.send("PUT", "/riders/me/consents/photo", body, by=rider)

    assert answer.status_code == 200
    assert (stage.bench.told(ConsentChangedV1), stage.bench.told(RiderDetailsChangedV1)) == before


@pytest.mark.parametrize(
    ("purpose", "body", "problem"),
    [
        ("service", {"granted": False, "wording": "service-1"}, "consent-cannot-be-withdrawn"),
        ("photo", {"granted": True, "wording": "photo-0"}, "consent-wording-outdated"),
        ("photo", {"granted": False, "wording": "unheard-of"}, "consent-wording-outdated"),
        ("fame", {"granted": True, "wording": "fame-1"}, "consent-purpose-unknown"),
    ],
)
def test_a_consent_that_cannot_be_kept_says_why(
    stage: Stage, purpose: str, body: dict[str, object], problem: str
) -> None:
    answer = stage.send("PUT", f"/riders/me/consents/{purpose}", body, by=stage.rider())

    assert problem_of(answer) == problem


def test_consents_are_the_rider_s_own(stage: Stage) -> None:
    stage.rider()

    answer = stage.get("/riders/me/consents", STAFF)

    assert answer.status_code == 403


def test_what_a_rider_whom_staff_registered_says_at_the_first_sign_up_stands(stage: Stage) -> None:
    made = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=STAFF).json()
    said = [{"purpose": "service", "granted": True}, {"purpose": "photo", "granted": False}]

    rider = stage.rider(consents=[*said, {"purpose": "sms-notices", "granted": True}])

    standing = stage.get("/riders/me/consents", rider).json()
    assert rider.id == made["rider_id"]
    assert {one["purpose"]: (one["granted"], one["given_through"]) for one in standing} == {
        "service": (True, "rider"),
        "photo": (False, "rider"),
        "sms-notices": (True, "rider"),
    }
    assert [event.granted for event in stage.bench.told(ConsentChangedV1) if event.purpose == "photo"] == [True, False]


def test_what_is_said_at_a_later_sign_up_changes_no_consent(stage: Stage) -> None:
    rider = stage.rider()
    before = stage.get("/riders/me/consents/history", rider).json()

    stage.sign_up(consents=[{"purpose": "service", "granted": True}, {"purpose": "photo", "granted": False}])

    assert stage.get("/riders/me/consents/history", rider).json() == before
