"""Whatever goes wrong is answered with a problem that says what, why and what to do, and never with internals."""

import pytest
from httpx2 import Response

from tests.component.web.conftest import RIDER
from tests.component.web.test_idempotency import code, post
from tests.harness import Bench


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        ("", 422, "invalid-request"),
        ("x" * 31, 422, "invalid-request"),
        ("fail", 500, "unexpected"),
        ("database is locked", 503, "busy"),
        ("no connection free", 503, "busy"),
        ("database or disk is full", 507, "storage-full"),
        ("no space left", 507, "storage-full"),
    ],
)
def test_each_failure_has_its_problem(bench: Bench, words: str, status: int, expected: str) -> None:
    answer = post(bench, "k1", words)

    assert (answer.status_code, code(answer)) == (status, expected)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "ZeroDivision" not in answer.text


def test_a_busy_database_says_when_to_come_again(bench: Bench) -> None:
    answer = post(bench, "k1", "database is locked")

    assert int(answer.headers["Retry-After"]) > 0


def test_an_unexpected_failure_names_the_request_to_ask_about(bench: Bench) -> None:
    answer = bench.http(RIDER).post("/api/training/notes", json={"words": "fail"}, headers={"Idempotency-Key": "k1"})

    assert answer.headers["X-Request-Id"] in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/api/training/nothing", b"", "no-such-route"),
        ("DELETE", "/api/training/notes", b"", "method-not-allowed"),
        ("POST", "/api/training/notes", b"{", "bad-json"),
        ("GET", "/api/training/notes?cursor=%FF", b"", "bad-cursor"),
        ("GET", "/api/training/notes?cursor=%00", b"", "nul-character"),
        ("GET", "/api/training/notes/a%00b", b"", "nul-character"),
        ("GET", "/api/training/metrics%0a", b"", "no-such-route"),
        ("GET", "/api/training/readyz%0A", b"", "no-such-route"),
        ("GET", "/api/training/notes/a%0db", b"", "no-such-route"),
        ("GET", "/api/training/notes/a%7f", b"", "no-such-route"),
        ("GET", "/api/training/notes?limit=0", b"", "invalid-request"),
        ("GET", "/elsewhere", b"", "no-such-route"),
        ("GET", "/api/training/notes?cursor=a3k", b"", "bad-cursor"),
        ("GET", "/api/training/notes/unknown", b"", "not-found"),
    ],
)
def test_bad_requests_are_told_apart(bench: Bench, method: str, path: str, body: bytes, expected: str) -> None:
    headers = {"Idempotency-Key": "k1", "Content-Type": "application/json"}

    answer = bench.http(RIDER).request(method, path, content=body, headers=headers)

    assert code(answer) == expected


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("zh-CN,en;q=0.5", "zh-CN"),
        ("zh;q=0.2,en-GB", "en"),
        ("fr", "zh-CN"),
        ("en;q=x", "zh-CN"),
    ],
)
def test_texts_are_chinese_unless_english_is_preferred(bench: Bench, accept: str, language: str) -> None:
    answer = bench.http(RIDER, language=accept).get("/api/training/notes/unknown")

    assert answer.headers["Content-Language"] == language
    assert ("没有" in answer.json()["detail"]) == (language == "zh-CN")


def test_a_refused_field_is_named_and_its_value_is_not_repeated(bench: Bench) -> None:
    answer = _post(bench, {"words": "13812345678 is far too long for a note", "other": "13812345678"})

    assert {error["field"] for error in answer.json()["errors"]} == {"body.words", "body.other"}
    assert "13812345678" not in answer.text


def test_answers_carry_safe_headers_and_a_request_id(bench: Bench) -> None:
    answer = bench.http().get("/api/training/open")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.headers["X-Request-Id"]) == 32


def _post(bench: Bench, body: dict[str, str]) -> Response:
    return bench.http(RIDER).post("/api/training/notes", json=body, headers={"Idempotency-Key": "k1"})
