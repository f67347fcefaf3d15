"""Several services behind one address: each answers its own paths, and the root tells of all."""

from dataclasses import replace

import pytest
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from shared.web.app import Gateway
from tests.component.web.test_idempotency import code
from tests.harness import Bench

public = APIRouter()


@public.get("/c/{number}")
def get_certificate(number: str) -> PlainTextResponse:
    """Answer anybody at the root."""
    return PlainTextResponse(number, headers={"Content-Security-Policy": "default-src 'self'"})


@pytest.fixture
def benches(bench: Bench) -> list[Bench]:
    """Return two services, the second with a public route."""
    return [bench, Bench(replace(bench.service, name="rewards", public=public))]


@pytest.fixture
def http(benches: list[Bench]) -> TestClient:
    """Return a client of both behind one address."""
    gateway = Gateway([one.node for one in benches])
    return TestClient(gateway, raise_server_exceptions=False, headers={"Accept-Language": "en"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/training/open", 200),
        ("/api/rewards/open", 200),
        ("/api/rewards/livez", 200),
        ("/c/HD-2026-1", 200),
        ("/livez", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/api/elsewhere/open", 404),
        ("/api", 404),
        ("/", 404),
        ("//", 404),
        ("/metrics%0a", 404),
        ("/c/HD-2026-1%0a", 404),
    ],
)
def test_paths_lead_to_whose_they_are(http: TestClient, path: str, status: int) -> None:
    assert http.get(f"http://testserver{path}").status_code == status


def test_a_public_page_keeps_its_own_policy(http: TestClient) -> None:
    answer = http.get("/c/HD-2026-1")

    assert (answer.text, answer.headers["Content-Security-Policy"]) == ("HD-2026-1", "default-src 'self'")


def test_what_is_nobody_s_is_answered_with_a_problem_too(http: TestClient) -> None:
    answer = http.get("/nothing")

    assert code(answer) == "no-such-route"
    assert answer.json()["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_one_service_that_cannot_work_makes_the_whole_unready_and_is_named(
    http: TestClient, benches: list[Bench]
) -> None:
    benches[1].node.troubles.append("no event is applied: E at x.py:f:1")

    answer = http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": {"rewards": ["no event is applied: E at x.py:f:1"]}}
    assert http.get("/livez").status_code == 200


def test_metrics_at_the_root_are_those_of_every_service_described_once(http: TestClient) -> None:
    http.get("/api/training/open")
    http.get("/api/rewards/open")

    text = http.get("/metrics").text

    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert text.count("# TYPE cheqi_http_requests_total ") == 1
    counted = {one.labels["service"] for one in families["cheqi_http_requests"].samples}
    assert counted == {"training", "rewards"}
    watched = {one.labels["service"] for one in families["cheqi_parked_events"].samples}
    assert watched == {"training", "rewards"}
