"""Bodies that are too large, hostile or of the wrong kind are refused, each with what is wrong."""

import asyncio

import pytest
from httpx2 import Response
from starlette.types import Message
from structlog.testing import capture_logs

from shared.web.app import served
from shared.web.bodies import BODY_MAX_BYTES
from tests.component.web.conftest import PHOTO_MAX_BYTES, RIDER
from tests.component.web.test_idempotency import code
from tests.harness import Bench

JSON = "application/json"
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/api/training/notes",
    "query_string": b"",
    "headers": [(b"content-type", b"application/json")],
}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[" * 60_000,
        b'{"words":' * 7_000,
        b'{"words":"\xff"}',
        b'{"words":"a\x00b"}',
        b'{"words":' + b"9" * 5000 + b"}",
    ],
    ids=["cut off", "deep list", "deep object", "not UTF-8", "raw NUL", "endless number"],
)
def test_what_is_no_json_is_refused(bench: Bench, body: bytes) -> None:
    answer = post(bench, body)

    assert (answer.status_code, code(answer)) == (400, "bad-json")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"words":"a\u0000b"}', "nul-character"),
        (rb'{"words":"a\\u0000b"}', None),
        (rb'{"words":"\ud800"}', "invalid-request"),
        (b'{"words":1e999}', "invalid-request"),
        (b'{"words":NaN}', "invalid-request"),
        (b'["words"]', "invalid-request"),
        (b"null", "invalid-request"),
        (b"", "invalid-request"),
        (b'{"words":"a","words":"b"}', None),
        (r'{"words":"a\u0000b"}'.encode("utf-16"), "nul-character"),
        (r'{"words":"a\u0000b"}'.encode("utf-32-be"), "nul-character"),
    ],
)
def test_text_that_no_database_takes_is_refused(bench: Bench, body: bytes, expected: str | None) -> None:
    answer = post(bench, body)

    assert (code(answer) if answer.is_error else None) == expected


def test_a_body_that_does_not_say_it_is_json_is_told_to(bench: Bench) -> None:
    answer = post(bench, b'{"words":"a"}', "text/plain")

    assert (answer.status_code, code(answer)) == (415, "not-json")


def test_a_body_is_cut_off_while_it_streams(bench: Bench) -> None:
    read, told = [], []

    async def receive() -> Message:
        read.append(BODY_MAX_BYTES)
        return {"type": "http.request", "body": b" " * BODY_MAX_BYTES, "more_body": len(read) < 40}

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(served(bench.node)(dict(SCOPE), receive, send))

    assert told[0]["status"] == 413
    assert len(read) == 2


@pytest.mark.parametrize(
    ("method", "path", "media_type"), [("POST", "notes", b"application/json"), ("PUT", "photo", b"image/jpeg")]
)
def test_who_leaves_before_the_body_is_whole_is_no_failure_of_the_service(
    bench: Bench, method: str, path: str, media_type: bytes
) -> None:
    token = bench.http(RIDER).headers["Authorization"].encode()
    headers = [(b"content-type", media_type), (b"idempotency-key", b"k1"), (b"authorization", token)]
    coming: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"{", "more_body": True}]
    told = []

    async def receive() -> Message:
        return coming.pop()

    async def send(message: Message) -> None:
        told.append(message)

    scope = {**SCOPE, "method": method, "path": f"/api/training/{path}", "headers": headers}
    with capture_logs() as lines:
        asyncio.run(served(bench.node)(scope, receive, send))

    assert told[0]["status"] == 408
    assert [(line["event"], line["status"]) for line in lines] == [("request", 408)]


@pytest.mark.parametrize(
    ("size", "status"), [(BODY_MAX_BYTES + 1, 200), (PHOTO_MAX_BYTES, 200), (PHOTO_MAX_BYTES + 1, 413)]
)
def test_a_route_may_take_more_than_others(bench: Bench, size: int, status: int) -> None:
    answer = bench.http(RIDER).put("/api/training/photo", content=b"x" * size)

    assert answer.status_code == status
    assert status == 200 or code(answer) == "body-too-large"


def test_a_body_that_is_too_large_is_told_the_limit_of_its_route(bench: Bench) -> None:
    note = post(bench, b" " * (BODY_MAX_BYTES + 1))
    photo = bench.http(RIDER).put("/api/training/photo", content=b"x" * (PHOTO_MAX_BYTES + 1))

    assert "limit of 64 KB" in note.json()["detail"]
    assert "limit of 2048 KB" in photo.json()["detail"]


def test_a_service_s_own_word_on_size_is_not_replaced(bench: Bench) -> None:
    answer = bench.http(RIDER).put("/api/training/photo", content=b"large")

    assert code(answer) == "photo-too-large"


def post(bench: Bench, body: bytes, media_type: str = JSON) -> Response:
    """Post a body as it is."""
    headers = {"Idempotency-Key": "k1", "Content-Type": media_type}
    return bench.http(RIDER).post("/api/training/notes", content=body, headers=headers)
