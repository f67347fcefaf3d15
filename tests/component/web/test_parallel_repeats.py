"""Repeats that arrive at once, and old answers that are forgotten while commands come."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from httpx2 import Response
from sqlalchemy import func, select, update

from shared.events.training import CourseOrderedV1
from shared.messaging.tables import idempotency
from tests.clients import Client
from tests.component.web.conftest import RIDER, Note
from tests.component.web.test_idempotency import post
from tests.harness import Bench


def test_of_many_repeats_at_once_one_is_obeyed_and_all_get_its_answer(bench: Bench) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(bench, "k1", "hello"), range(16)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len(bench.told(CourseOrderedV1)) == 1
    assert count_notes(bench) == 1


def test_of_two_bodies_under_one_key_at_once_one_is_obeyed(bench: Bench) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: post(bench, "k1", f"words {number}"), range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    assert count_notes(bench) == 1


def test_old_answers_are_forgotten_as_commands_come(bench: Bench) -> None:
    http = bench.http()
    kept: list[int] = []

    for hours in (0, 2, 2, 21, 25):
        bench.clock.advance(timedelta(hours=hours))
        post_again(bench, http, f"key-{len(kept)}")
        kept.append(count_answers(bench))

    assert kept == [1, 2, 3, 3, 1]
    assert count_notes(bench) == 5


def test_an_answer_that_is_old_and_not_forgotten_yet_is_not_given_any_more(bench: Bench) -> None:
    http = bench.http()
    first = post_again(bench, http, "first")
    bench.clock.advance(timedelta(hours=23, minutes=50))
    post_again(bench, http, "second")
    bench.clock.advance(timedelta(minutes=20))
    with bench.store.write() as session:
        session.execute(update(Note).values(words="changed"))

    again = post_again(bench, http, "first")

    assert count_answers(bench) == 2
    assert again.json() == {**first.json(), "words": "changed"}


def post_again(bench: Bench, http: Client, key: str) -> Response:
    """Post a note to one and the same process, signed in anew."""
    headers = {"Authorization": bench.http(RIDER).headers["Authorization"], "Idempotency-Key": key}
    return http.post("/api/training/notes", json={"words": "note"}, headers=headers)


def count_notes(bench: Bench) -> int:
    """Return how many notes were written."""
    with bench.read() as session:
        return session.scalar(select(func.count()).select_from(Note)) or 0


def count_answers(bench: Bench) -> int:
    """Return how many answers are kept."""
    kept = select(func.count()).where(idempotency.c.answer.is_not(None))
    with bench.read() as session:
        return session.scalar(kept) or 0
