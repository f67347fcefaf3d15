"""Erasing a rider: gone here at once, waited for elsewhere, free to begin anew."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import select

from services.registration.codes.models import CodeRequest
from services.registration.erasures.models import RestingPhone
from shared.auth import Principal, Role
from shared.events.erasure import RiderDataErasedV1
from shared.events.registration import RiderErasedV1
from shared.keys.ring import KeyDestroyedError
from shared.messaging.tables import idempotency, timer, tombstone
from tests.component.registration.stage import (
    ADMINISTRATOR,
    BALIZHUANG,
    DATA_OFFICER,
    DISTRICT_STAFF,
    HAIDIAN_STREET,
    PHONE,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    problem_of,
    sign_up_body,
)
from tests.stores import bytes_of

PHONE_READER = Principal("notify", Role.SERVICE, scopes=frozenset({"rider.phone:read"}))
SERVICES = ("governance", "rewards", "training", "notify")


def receive(stage: Stage, rider_id: str, service: str) -> None:
    event = RiderDataErasedV1(subdistrict=BALIZHUANG, rider_id=rider_id, service=service)
    stage.bench.apply(event, source=service)


def test_a_rider_who_asks_is_forgotten_at_once(stage: Stage) -> None:
    rider = stage.rider(name="李雷")
    stage.post(f"/riders/{rider.id}/moves", {"subdistrict": HAIDIAN_STREET}, by=rider)

    answer = stage.send("DELETE", "/riders/me", by=rider)

    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    gone = [
        stage.get("/riders/me", rider),
        stage.get(f"/riders/{rider.id}", DISTRICT_STAFF),
        stage.get(f"/riders/{rider.id}/phone", PHONE_READER),
    ]
    assert [one.status_code for one in gone] == [404] * 3
    assert stage.get("/riders/me/consents", rider).json() == []
    assert stage.get("/riders", DISTRICT_STAFF).json()["total"] == 0
    told = [(event.rider_id, event.subdistrict) for event in stage.bench.told(RiderErasedV1)]
    assert told == [(rider.id, HAIDIAN_STREET)]


def test_no_row_but_tombstone_and_erasure_names_an_erased_rider(stage: Stage) -> None:
    rider = stage.rider()
    stage.send("PATCH", "/riders/me", {"muted": ["points:sms"]}, by=rider)
    stage.post(f"/riders/{rider.id}/moves", {"subdistrict": HAIDIAN_STREET}, by=rider)

    stage.send("DELETE", "/riders/me", by=rider)

    with stage.bench.read() as session:
        naming = {
            table.name
            for table in stage.bench.service.metadata.sorted_tables
            for row in session.execute(select(table))
            if rider.id in row
        }
        assert session.scalars(select(tombstone.c.rider_id)).all() == [rider.id]
        assert session.execute(select(idempotency)).all() == []
    assert naming == {"erasure", "erasure_receipt"}
    with pytest.raises(KeyDestroyedError):
        stage.bench.keys.seal_text(rider.id, "place", "text")


def test_the_codes_that_were_sent_to_an_erased_rider_are_forgotten(stage: Stage) -> None:
    rider, _other = stage.rider(), stage.ask("13900000000")
    pending = stage.ask(PHONE)

    stage.send("DELETE", "/riders/me", by=rider)

    assert problem_of(stage.tokens(grant_type="code", **pending.body)) == "code-unknown"
    with stage.bench.read() as session:
        assert len(session.scalars(select(CodeRequest)).all()) == 1


def test_the_refresh_token_of_an_erased_rider_counts_no_more(stage: Stage) -> None:
    made = stage.sign_up()

    stage.send("DELETE", f"/riders/{made['rider_id']}", by=DATA_OFFICER)
    answer = stage.tokens(grant_type="refresh_token", refresh_token=made["refresh_token"])

    assert answer.status_code == 401


def test_the_same_phone_may_sign_up_again_as_a_new_rider_after_a_day(stage: Stage) -> None:
    first = stage.rider()
    told = stage.send("DELETE", "/riders/me", by=first).json()["phone_free_from"]
    stage.pass_time(hours=23, minutes=58)

    code = stage.ask(PHONE)
    early = stage.post("/riders", {**sign_up_body(), **code.body})
    stage.pass_time(minutes=1)
    again = stage.post("/riders", {**sign_up_body(), **code.body}).json()

    assert (early.status_code, problem_of(early)) == (409, "phone-rests")
    assert datetime.fromisoformat(early.json()["free_from"]) == datetime.fromisoformat(told)
    assert (again["known"], again["rider_id"] != first.id) == (False, True)


def test_staff_cannot_register_a_phone_that_rests(stage: Stage) -> None:
    stage.send("DELETE", "/riders/me", by=stage.rider())

    early = stage.post("/riders/registrations", {**sign_up_body(), "phone": PHONE}, by=STAFF)

    assert (early.status_code, problem_of(early)) == (409, "phone-rests")


def test_nothing_is_kept_of_a_phone_that_has_rested(stage: Stage) -> None:
    stage.send("DELETE", "/riders/me", by=stage.rider())
    stage.pass_time(hours=24)

    stage.bench.fire_timers()

    with stage.bench.read() as session:
        left = [session.scalars(select(column)).all() for column in (RestingPhone.digest, timer.c.id)]
    assert left == [[], []]


def test_an_erasure_is_complete_when_every_service_has_answered(stage: Stage) -> None:
    rider = stage.rider()
    stage.send("DELETE", "/riders/me", by=rider)

    states = []
    for service in SERVICES:
        states.append(stage.get(f"/riders/{rider.id}/erasure", DATA_OFFICER).json()["state"])
        receive(stage, rider.id, service)
    shown = stage.get(f"/riders/{rider.id}/erasure", rider).json()

    assert states == ["waiting"] * 4
    assert (shown["state"], sorted(one["service"] for one in shown["receipts"])) == ("complete", sorted(SERVICES))


def test_a_receipt_delivered_three_times_stands_as_it_came_first(stage: Stage) -> None:
    rider = stage.rider()
    stage.send("DELETE", "/riders/me", by=rider)

    receive(stage, rider.id, "rewards")
    first = stage.get(f"/riders/{rider.id}/erasure", rider).json()
    for _ in range(2):
        stage.pass_time(minutes=1)
        receive(stage, rider.id, "rewards")

    assert stage.get(f"/riders/{rider.id}/erasure", rider).json() == first


def test_a_receipt_that_nobody_waited_for_is_kept_and_harms_nothing(stage: Stage) -> None:
    receive(stage, "rider-of-a-lost-store", "rewards")

    assert stage.get("/riders/rider-of-a-lost-store/erasure", DATA_OFFICER).status_code == 404


def test_erasing_twice_is_erasing_once(stage: Stage) -> None:
    rider = stage.rider()

    first = stage.send("DELETE", "/riders/me", by=rider)
    again = stage.send("DELETE", "/riders/me", by=rider)

    assert (again.status_code, again.json()) == (202, first.json())
    assert len(stage.bench.told(RiderErasedV1)) == 1


@pytest.mark.parametrize("by", [STAFF, DISTRICT_STAFF, ADMINISTRATOR])
def test_staff_cannot_erase_a_rider(stage: Stage, by: Principal) -> None:
    rider = stage.rider()

    answer = stage.send("DELETE", f"/riders/{rider.id}", by=by)

    assert answer.status_code == 404
    assert stage.get(f"/riders/{rider.id}", STAFF).status_code == 200


def test_an_erasure_is_hidden_from_other_riders_and_other_sub_districts(stage: Stage) -> None:
    rider, other = stage.rider(), stage.rider("13900000000")
    stage.send("DELETE", "/riders/me", by=rider)

    statuses = [stage.get(f"/riders/{rider.id}/erasure", who).status_code for who in (STAFF, STAFF_ELSEWHERE, other)]

    assert statuses == [200, 404, 404]


def test_an_erasure_that_was_killed_after_the_key_can_be_asked_again(stage: Stage) -> None:
    rider = stage.rider(name="李雷")
    stage.bench.keys.destroy(rider.id)

    shown = stage.get(f"/riders/{rider.id}", STAFF)
    answer = stage.send("DELETE", "/riders/me", by=rider)

    assert (shown.status_code, shown.json()["name"]) == (200, None)
    assert answer.status_code == 202


def test_nothing_of_an_erased_rider_can_be_read_from_the_files(stage: Stage) -> None:
    rider = stage.rider(name="Han Meimei")
    stage.send("DELETE", "/riders/me", by=rider)

    stored = bytes_of(stage.bench.store)

    assert PHONE.encode() not in stored
    assert b"Han Meimei" not in stored


def test_nothing_of_a_rider_whom_staff_registered_can_be_read_or_tried_out_after_the_erasure(stage: Stage) -> None:
    body = json.dumps({**sign_up_body(name="Han Meimei"), "phone": PHONE}).encode()
    registered = register(stage, body)
    plain = hashlib.sha256(b"/api/registration/riders/registrations?\x00" + body).hexdigest()
    stage.send("DELETE", f"/riders/{registered.json()['rider_id']}", by=DATA_OFFICER)

    database = Path(str(stage.bench.store.engine.url.database))
    stored = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    with stage.bench.read() as session:
        rows = [(row.digest, row.answer) for row in session.execute(select(idempotency))]

    assert b"POST /riders/registrations" in stored
    assert not any(text.encode() in stored for text in (PHONE, "Han Meimei", plain))
    assert rows == [("", None)]


def test_a_registration_that_staff_repeat_after_the_erasure_registers_nobody(stage: Stage) -> None:
    body = json.dumps({**sign_up_body(), "phone": PHONE}).encode()
    registered = register(stage, body)
    stage.send("DELETE", f"/riders/{registered.json()['rider_id']}", by=DATA_OFFICER)

    again = register(stage, body)

    assert (again.status_code, problem_of(again)) == (422, "idempotency-key-reused")
    assert stage.get("/riders", DISTRICT_STAFF).json()["total"] == 0


def register(stage: Stage, body: bytes) -> Response:
    """Let staff register a rider, always under the same key."""
    headers = {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    with stage.http(STAFF) as http:
        return http.post("/api/registration/riders/registrations", content=body, headers=headers)
