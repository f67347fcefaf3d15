"""Who may call: signed in or not, a person or a service, with the right scope."""

import json
from typing import Any

import pytest

from shared.auth import Principal, Role
from shared.messaging.local import LocalBus
from tests.component.web.conftest import AUDITOR, RIDER
from tests.component.web.test_idempotency import code, post
from tests.harness import Bench

READER = Principal("training", Role.SERVICE, scopes=frozenset({"names:read"}))
OTHER = Principal("training", Role.SERVICE, scopes=frozenset({"phones:read"}))


@pytest.mark.parametrize(
    ("principal", "path", "status"),
    [
        (None, "/open", 200),
        (None, "/notes", 401),
        (RIDER, "/notes", 200),
        (READER, "/notes", 403),
        (READER, "/names", 200),
        (OTHER, "/names", 403),
        (RIDER, "/names", 403),
        (None, "/names", 401),
        (None, "/livez", 200),
        (None, "/readyz", 200),
        (RIDER, "/events", 403),
        (READER, "/events", 403),
        (AUDITOR, "/events", 200),
        (AUDITOR, "/events/heads", 200),
        (AUDITOR, "/audit/findings", 200),
    ],
)
def test_routes_take_whom_they_are_for(bench: Bench, principal: Principal | None, path: str, status: int) -> None:
    answer = bench.http(principal).get(f"/api/training{path}")

    assert answer.status_code == status


def test_a_missing_token_says_how_to_go_on(bench: Bench) -> None:
    answer = bench.http().get("/api/training/notes")

    assert code(answer) == "unauthorised"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_events_are_read_by_position_and_by_subject_once_they_are_numbered(bench: Bench) -> None:
    ids = [post(bench, f"k{number}", f"note {number}").json()["id"] for number in range(3)]
    assert read_lines(bench, "/events") == []

    bench.node.relay(LocalBus(lambda: None), "test").step()

    first, *rest = read_lines(bench, "/events?limit=2")
    assert (first["position"], first["sequence"]) == (1, 1)
    assert [event["position"] for event in read_lines(bench, "/events?after=1")] == [2, 3]
    assert [event["subject"] for event in [first, *rest]] == ids[:2]
    assert read_lines(bench, f"/events?subject={ids[2]}")[0]["position"] == 3
    assert read_lines(bench, f"/events?subject={ids[2]}&after_sequence=1") == []
    heads = read_lines(bench, "/events/heads?after=1")
    assert [head["position"] for head in heads] == [2, 3]
    assert set(heads[0]) == {"subject", "sequence", "seal", "position"}


@pytest.mark.parametrize(
    "query",
    ["after=-1", f"after={2**63}", "after=x", "limit=0", "limit=501", "after_sequence=-1", f"subject={'x' * 201}"],
)
def test_positions_that_cannot_be_are_refused(bench: Bench, query: str) -> None:
    answer = bench.http(AUDITOR).get(f"/api/training/events?{query}")

    assert (answer.status_code, code(answer)) == (422, "invalid-request")


def test_an_audit_reads_what_was_found_line_by_line(bench: Bench) -> None:
    findings = bench.http(AUDITOR).get("/api/training/audit/findings").text.splitlines()
    effects = bench.http(AUDITOR).get("/api/training/audit/effects").text.splitlines()

    assert findings == ['{"code": "sum-differs", "subject": "e1", "detail": "1 is not 2"}']
    assert len(effects) == 1


def read_lines(bench: Bench, path: str) -> list[dict[str, Any]]:
    """Return what a route for services tells, line by line."""
    answer = bench.http(AUDITOR).get(f"/api/training{path}")
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]
