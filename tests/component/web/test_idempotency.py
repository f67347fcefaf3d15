"""A command is obeyed once per key, whatever the network repeats."""

from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import select, update

from shared.auth import Principal, Role
from shared.events.training import CourseOrderedV1
from shared.messaging.tables import idempotency
from shared.web.idempotency import forget_answers
from tests.component.web.conftest import RIDER, Note
from tests.harness import Bench

STAFF = Principal("s1", Role.SUBDISTRICT_STAFF, "110108005")


def test_a_repeat_gets_the_same_answer_and_has_no_second_effect(bench: Bench) -> None:
    first, second = post(bench, "k1", "hello"), post(bench, "k1", "hello")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(bench.told(CourseOrderedV1)) == 1


def test_another_body_under_the_same_key_is_refused(bench: Bench) -> None:
    post(bench, "k1", "hello")

    refused = post(bench, "k1", "goodbye")

    assert (refused.status_code, code(refused)) == (422, "idempotency-key-reused")
    assert len(bench.told(CourseOrderedV1)) == 1


def test_the_same_key_of_another_principal_is_another_key(bench: Bench) -> None:
    first = post(bench, "k1", "hello")
    second = post(bench, "k1", "hello", Principal("r2", Role.RIDER, "110108005"))

    assert first.json()["id"] != second.json()["id"]


def test_a_repeat_after_a_day_is_answered_from_the_resource_as_it_is(bench: Bench) -> None:
    first = post(bench, "k1", "hello")
    bench.clock.advance(timedelta(hours=25))
    with bench.store.write() as session:
        session.execute(update(Note).values(words="changed"))

    later = post(bench, "k1", "hello")

    assert later.json() == {**first.json(), "words": "changed"}


@pytest.mark.parametrize("hours", [1, 25])
def test_staff_who_serve_another_sub_district_by_now_are_shown_nothing(bench: Bench, hours: int) -> None:
    post(bench, "k1", "hello", STAFF)
    bench.clock.advance(timedelta(hours=hours))

    moved = post(bench, "k1", "hello", replace(STAFF, subdistrict="110108012"))

    assert (moved.status_code, code(moved)) == (422, "idempotency-key-reused")
    assert len(bench.told(CourseOrderedV1)) == 1


def test_what_belongs_elsewhere_by_now_is_not_shown_to_a_repeat_after_a_day(bench: Bench) -> None:
    post(bench, "k1", "hello", STAFF)
    with bench.store.write() as session:
        session.execute(update(Note).values(words="110108012"))

    within_a_day = post(bench, "k1", "hello", STAFF)
    bench.clock.advance(timedelta(hours=25))
    later = post(bench, "k1", "hello", STAFF)

    assert (within_a_day.status_code, within_a_day.json()["words"]) == (201, "hello")
    assert (later.status_code, code(later)) == (404, "made-elsewhere")


def test_a_rider_who_has_moved_is_still_known_by_the_key(bench: Bench) -> None:
    first = post(bench, "k1", "hello")

    again = post(bench, "k1", "hello", replace(RIDER, subdistrict="110108012"))

    assert again.json() == first.json()


def test_answers_are_forgotten_after_a_day_and_what_was_made_is_not(bench: Bench) -> None:
    made = post(bench, "k1", "hello").json()["id"]
    bench.clock.advance(timedelta(hours=25))

    with bench.store.write() as session:
        forget_answers(session, bench.clock.now())

    with bench.read() as session:
        row = session.execute(select(idempotency)).one()
    assert (row.answer, row.made) == (None, made)


@pytest.mark.parametrize("words", ["fail", "database is locked", ""])
def test_a_refused_or_failed_command_leaves_nothing_and_may_be_repeated(bench: Bench, words: str) -> None:
    failed = post(bench, "k1", words)

    again = post(bench, "k1", "hello")

    assert failed.status_code >= 400
    assert again.status_code == 201
    assert len(bench.told(CourseOrderedV1)) == 1


@pytest.mark.parametrize("key", [None, "", "x" * 101, "with space"])
def test_a_command_without_a_sound_key_is_refused(bench: Bench, key: str | None) -> None:
    refused = post(bench, key, "hello")

    assert (refused.status_code, code(refused)) == (400, "idempotency-key-missing")


def post(bench: Bench, key: str | None, words: str, principal: Principal = RIDER) -> Response:
    """Post a note."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return bench.http(principal).post("/api/training/notes", json={"words": words}, headers=headers)


def code(answer: Response) -> str:
    """Return the code of a problem."""
    return str(answer.json()["type"]).rpartition("/")[2]
