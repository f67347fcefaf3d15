"""Around every request: an id and a trace, a line in the log, numbers for an operator, headers for browsers."""

import asyncio
import json
from typing import NoReturn
from uuid import UUID

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from shared.messaging.tables import event_log
from shared.random import SeededRandom
from shared.web.app import served
from shared.web.metrics import Metrics, exposition
from shared.web.middleware import RequestMiddleware
from tests.component.web.conftest import RIDER
from tests.component.web.test_bodies import SCOPE
from tests.component.web.test_idempotency import post
from tests.harness import Bench
from tests.moments import Seconds

PHONE = "13812345678"
TRACE = f"00-{PHONE:0>32}-b7ad6b7169203331-01"


def test_a_request_s_id_and_trace_are_in_the_events_that_it_causes(bench: Bench) -> None:
    answer = bench.http(RIDER).post("/api/training/notes", json={"words": "a"}, headers={"Idempotency-Key": "k1"})

    event = only_event(bench)
    assert answer.headers["X-Request-Id"] == event["correlationid"]
    assert event["traceparent"] == f"00-{event['correlationid']}-{event['traceparent'][36:52]}-00"
    assert event["actor"] == "rider/r1"


@pytest.mark.parametrize("request_id", [PHONE, f"request-{PHONE}", f"{PHONE:0>32}", str(UUID(f"{PHONE:0>32}"))])
def test_whatever_a_client_names_its_request_stands_in_no_event_no_log_and_no_answer(
    bench: Bench, request_id: str
) -> None:
    headers = {"Idempotency-Key": "k1", "X-Request-Id": request_id, "traceparent": TRACE}

    with capture_logs() as lines:
        answer = bench.http(RIDER).post("/api/training/notes", json={"words": "a"}, headers=headers)

    told = f"{only_event(bench)} {lines} {answer.headers} {answer.text}"
    assert PHONE not in told.replace("-", "")


def test_a_line_tells_the_route_and_neither_the_id_nor_the_query(bench: Bench) -> None:
    with capture_logs() as lines:
        bench.http(RIDER).get("/api/training/notes/13812345678?phone=13812345678")

    assert [(line["route"], line["status"]) for line in lines] == [("/notes/{note_id}", 404)]
    assert "13812345678" not in str(lines)


def test_a_failure_is_logged_by_its_class_and_place_alone(bench: Bench) -> None:
    with capture_logs() as lines:
        answer = post(bench, "k1", "fail")

    failure = lines[0]
    assert (failure["event"], failure["error"]) == ("request failed", "ZeroDivisionError")
    assert failure["place"].startswith("web/conftest.py:write_note:")
    assert failure["request_id"] == failure["trace_id"] == answer.headers["X-Request-Id"]
    assert "exc_info" not in failure


@pytest.mark.parametrize(("path", "status"), [("/api/training/broken", 200), ("/api/training/undone", 500)])
def test_a_failure_is_logged_here_and_no_server_sees_the_exception(bench: Bench, path: str, status: int) -> None:
    sent: list[Message] = []
    whole: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return whole.pop() if whole else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    with capture_logs() as lines:
        asyncio.run(served(bench.node)({**SCOPE, "method": "GET", "path": path}, receive, send))

    assert sent[0]["status"] == status
    assert sent[-1].get("more_body", False) is (status == 200)
    assert [line["event"] for line in lines] == ["request failed", "request"]


def test_answers_are_kept_by_nobody_and_shown_in_no_frame(bench: Bench) -> None:
    headers = bench.http().get("/api/training/open").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_metrics_are_what_prometheus_reads(bench: Bench) -> None:
    http = TestClient(served(bench.node), headers=dict(bench.http(RIDER).headers))
    http.get("/api/training/notes/unknown")
    http.request("BREW", "/api/training/notes")

    families = {one.name: one for one in text_string_to_metric_families(http.get("/api/training/metrics").text)}

    requests = {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for sample in families["cheqi_http_requests"].samples
        if sample.name.endswith("_total")
    }
    assert requests[("GET", "/notes/{note_id}", "404")] == 1
    assert {method for method, _route, _status in requests} == {"GET", "other"}
    assert families["cheqi_unsent_events"].samples[0].value == 0


def test_time_is_taken_from_the_request_to_its_answer_without_what_the_line_takes() -> None:
    now, metrics = Seconds(), Metrics("training")
    pieces: list[Message] = [{"type": "http.request", "more_body": more} for more in (False, True)]

    async def receive() -> Message:
        now.pass_by(60)
        return pieces.pop()

    async def send(_message: Message) -> None:
        now.pass_by(600)

    async def answer(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        now.pass_by(1)
        await receive()
        now.pass_by(2)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with capture_logs() as lines:
        asyncio.run(RequestMiddleware(answer, metrics, SeededRandom(1), timer=now)(dict(SCOPE), receive, send))

    assert (lines[0]["ms"], lines[0]["body_ms"]) == (3_000, 120_000)
    assert 'cheqi_http_request_seconds_sum{route="unknown",service="training"} 3.0' in exposition([metrics]).decode()


def test_metrics_of_requests_are_told_while_the_store_does_not_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> NoReturn:
        raise OperationalError("x", {}, Exception("away"))

    monkeypatch.setattr(bench.node.store, "read", fail)

    answer = bench.http().get("/api/training/metrics")

    assert answer.status_code == 200
    assert "cheqi_unsent_events" not in answer.text
    assert 'cheqi_store_answers{service="training"} 0.0' in answer.text


def only_event(bench: Bench) -> dict[str, str]:
    """Return the one event in the log."""
    with bench.store.read() as session:
        document = session.scalars(select(event_log.c.document)).one()
    event: dict[str, str] = json.loads(document)
    return event
