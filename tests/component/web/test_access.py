"""Who may call: signed in or not, a person or a service, with the right scope."""

import pytest

from shared.auth import Principal, Role
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
        (READER, "/notes", 401),
        (READER, "/names", 200),
        (OTHER, "/names", 403),
        (RIDER, "/names", 401),
        (None, "/names", 401),
        (None, "/livez", 200),
        (None, "/readyz", 200),
        (RIDER, "/events", 401),
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


def test_published_events_are_read_as_numbered_documents(bench: Bench) -> None:
    post(bench, "k1", "hello")

    answer = bench.http(AUDITOR).get("/api/training/events")

    assert answer.text == ""


def test_an_audit_reads_what_was_found_line_by_line(bench: Bench) -> None:
    findings = bench.http(AUDITOR).get("/api/training/audit/findings").text.splitlines()
    effects = bench.http(AUDITOR).get("/api/training/audit/effects").text.splitlines()

    assert findings == ['{"code": "sum-differs", "subject": "e1", "detail": "1 is not 2"}']
    assert len(effects) == 1


def test_metrics_count_requests_by_route(bench: Bench) -> None:
    http = bench.http(RIDER)
    http.get("/api/training/notes/unknown")

    lines = http.get("/api/training/metrics").text

    assert 'route="/notes/{note_id}"' in lines
    assert 'cheqi_unsent_events{service="training"} 0' in lines
