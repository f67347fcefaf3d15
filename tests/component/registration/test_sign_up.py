"""Signing up by phone: the same phone is the same rider, and what is personal is sealed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from services.registration.riders.models import Rider
from shared.events.registration import ConsentChangedV1, RiderRegisteredV1, SignedInV1
from shared.messaging.tables import event_log
from tests.component.registration.stage import BALIZHUANG, HAIDIAN_STREET, PHONE, Stage, problem_of, sign_up_body
from tests.stores import bytes_of


def count_riders(stage: Stage) -> int:
    with stage.bench.read() as session:
        return session.scalar(select(func.count()).select_from(Rider)) or 0


def test_a_rider_signs_up_with_phone_and_code_and_is_signed_in(stage: Stage) -> None:
    answer = stage.post("/riders", {**sign_up_body(name="李雷"), **stage.ask().body})

    made = answer.json()
    assert (answer.status_code, made["known"], made["subdistrict"]) == (201, False, BALIZHUANG)
    assert answer.headers["Cache-Control"] == "no-store"
    registered = stage.bench.told(RiderRegisteredV1)
    assert [(event.rider_id, event.platform, event.language) for event in registered] == [
        (made["rider_id"], "meituan", "zh-CN")
    ]
    assert {event.purpose for event in stage.bench.told(ConsentChangedV1)} == {"service", "photo"}
    assert [event.method for event in stage.bench.told(SignedInV1)] == ["code"]


def test_the_access_token_of_a_sign_up_opens_the_rider_s_own_record(stage: Stage) -> None:
    made = stage.sign_up(name="李雷")

    with stage.http() as http:
        headers = {"Authorization": f"Bearer {made['access_token']}"}
        own = http.get("/api/registration/riders/me", headers=headers).json()

    assert (own["id"], own["phone"], own["name"]) == (made["rider_id"], "138****5678", "李*")
    assert own["phone_proved"] is True


def test_a_second_sign_up_with_the_same_phone_is_the_same_rider_unchanged(stage: Stage) -> None:
    first = stage.sign_up()

    again = stage.post("/riders", {**sign_up_body(subdistrict=HAIDIAN_STREET), **stage.ask("+86 138 1234 5678").body})

    assert (again.status_code, again.json()["known"]) == (200, True)
    assert (again.json()["rider_id"], again.json()["subdistrict"]) == (first["rider_id"], BALIZHUANG)
    assert len(stage.bench.told(RiderRegisteredV1)) == count_riders(stage) == 1


def test_two_sign_ups_with_the_same_phone_at_once_make_one_rider(stage: Stage) -> None:
    codes = [stage.ask(), stage.ask()]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda code: stage.post("/riders", {**sign_up_body(), **code.body}), codes))

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json()["rider_id"] for answer in answers}) == count_riders(stage) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"platform": "ghost"}, "platform-unknown"),
        ({"subdistrict": "110105001"}, "subdistrict-unknown"),
        ({"consents": []}, "consent-needed"),
        ({"consents": [{"purpose": "service", "granted": False}]}, "consent-needed"),
        ({"consents": [{"purpose": "fame", "granted": True}]}, "consent-purpose-unknown"),
        ({"consents": [{"purpose": "service", "granted": True}] * 2}, "consent-purpose-twice"),
        (
            {"consents": [{"purpose": "service", "granted": True, "wording": "service-0"}]},
            "consent-wording-outdated",
        ),
        ({"language": "fr"}, "invalid-request"),
        ({"name": "<b>"}, "invalid-request"),
        ({"nickname": "Lei"}, "invalid-request"),
    ],
)
def test_a_draft_that_is_not_acceptable_says_why_and_registers_nobody(
    stage: Stage, change: dict[str, object], problem: str
) -> None:
    answer = stage.post("/riders", {**sign_up_body(), **change, **stage.ask().body})

    assert (answer.status_code, problem_of(answer)) in {(422, problem), (409, problem)}
    assert count_riders(stage) == 0


def test_phone_name_and_email_stand_nowhere_in_clear(stage: Stage) -> None:
    stage.sign_up(name="Han Meimei", email="meimei@example.com")

    stored = bytes_of(stage.bench.store)
    assert b"meituan" in stored
    for plain in (PHONE, "Han Meimei", "meimei@example.com"):
        assert plain.encode() not in stored


def test_no_event_carries_what_is_personal(stage: Stage) -> None:
    stage.sign_up(name="Han Meimei", email="meimei@example.com")

    with stage.bench.read() as session:
        documents = "".join(session.scalars(select(event_log.c.document)))
    assert not any(plain in documents for plain in (PHONE, "Meimei", "example.com"))
