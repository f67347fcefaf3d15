"""A request is a span; a service that asks another one draws it into its own trace, and nobody else can."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from shared.auth import Principal
from shared.messaging.tables import event_log
from shared.tracing import Kind, Span, TraceContext
from shared.web.app import served
from shared.web.client import ServiceClient
from tests.component.web.conftest import AUDITOR, RIDER
from tests.component.web.test_access import READER
from tests.harness import Bench
from tests.spans import PARENT, SPAN, TRACE, Kept, tracer_into
from tests.tokens import bearer

PHONE = "13812345678"
ATTRIBUTES = {"http.request.method", "http.route", "http.response.status_code", "peer.service"}


class Site:
    """The small service, its spans kept."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.kept = bench, Kept()
        self._app = served(replace(bench.node, tracer=tracer_into(self.kept)))

    def http(self, principal: Principal | None = None, **headers: str) -> TestClient:
        """Return a client who is signed in as the principal."""
        if principal is not None:
            headers["Authorization"] = f"Bearer {bearer(principal, 'training', self.bench.clock)}"
        return TestClient(self._app, headers=headers, raise_server_exceptions=False)

    @property
    def spans(self) -> list[Span]:
        """What was kept, in the order of its ends."""
        return self.kept.spans


@pytest.fixture
def site(bench: Bench) -> Site:
    """Return the small service, its spans kept."""
    return Site(bench)


def test_a_command_is_a_span_of_its_request_with_its_transaction_below(site: Site, bench: Bench) -> None:
    answer = site.http(RIDER).post("/api/training/notes", json={"words": "a"}, headers={"Idempotency-Key": "k1"})

    *_, transaction, request = site.spans
    with bench.store.read() as session:
        document = session.scalars(select(event_log.c.document)).one()
    assert (request.name, request.kind, request.parent) == ("POST /notes", Kind.SERVER, None)
    assert request.attributes["http.response.status_code"] == answer.status_code == 201
    assert (transaction.name, transaction.parent) == ("transaction", request.context)
    assert f'"traceparent":"{request.context}"' in document


@pytest.mark.parametrize("principal", [None, RIDER, READER])
def test_only_a_service_draws_a_request_into_its_trace(site: Site, principal: Principal | None) -> None:
    with capture_logs() as lines:
        site.http(principal, traceparent=PARENT).get("/api/training/names")

    (span,), followed = site.spans, principal is READER
    assert span.parent == (TraceContext(TRACE, SPAN, sampled=True) if followed else None)
    assert (span.context.trace_id == TRACE) is followed
    assert [line["trace_id"] for line in lines if line["event"] == "request"] == [span.context.trace_id]


@pytest.mark.parametrize("header", [f"00-{PHONE:0>32}-{SPAN}-zz", PHONE, f"{PARENT}x"])
def test_a_service_whose_traceparent_is_none_is_answered_in_a_trace_of_its_own(site: Site, header: str) -> None:
    answer = site.http(READER, traceparent=header).get("/api/training/names")

    (span,) = site.spans
    assert (answer.status_code, span.parent) == (200, None)


def test_a_trace_that_the_asking_service_does_not_record_is_not_recorded_here(site: Site) -> None:
    site.http(READER, traceparent=f"{PARENT[:-1]}0").get("/api/training/names")

    assert site.spans == []


def test_a_service_asks_within_its_trace_and_is_answered_in_it(site: Site) -> None:
    kept = Kept()
    mine = tracer_into(kept)
    client = ServiceClient(site.http(), Token(site.bench), mine)

    with mine.span("sweep"):
        client.lines("/api/training/events?after=0")

    asked, sweep = kept.spans
    (answered,) = site.spans
    assert (asked.kind, asked.parent) == (Kind.CLIENT, sweep.context)
    assert answered.parent == asked.context
    assert answered.name == "GET /events"


@pytest.mark.parametrize(("path", "error"), [("/undone", "ZeroDivisionError"), ("/broken", "ZeroDivisionError")])
def test_a_request_that_fails_is_a_failed_span(site: Site, path: str, error: str) -> None:
    site.http().get(f"/api/training{path}")

    assert [span.error for span in site.spans] == [error]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_probes_and_scrapes_are_not_recorded(site: Site, path: str) -> None:
    site.http().get(f"/api/training{path}")

    assert site.spans == []


def test_a_span_says_nothing_that_a_caller_has_sent(site: Site) -> None:
    signed = site.http(RIDER, traceparent=PARENT, **{"X-Request-Id": PHONE, "User-Agent": PHONE})
    signed.get(f"/api/training/notes/{PHONE}?phone={PHONE}")
    signed.request(PHONE, f"/api/training/{PHONE}")
    signed.post("/api/training/notes", json={"words": PHONE}, headers={"Idempotency-Key": PHONE})

    told: list[Any] = [(span.name, span.attributes, span.error) for span in site.spans]
    assert {name for span in site.spans for name in span.attributes} <= ATTRIBUTES
    assert {span.name for span in site.spans} == {"GET /notes/{note_id}", "other unknown", "transaction", "POST /notes"}
    assert PHONE not in str(told)


class Token:
    """Has a token of a service that may read events."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def token(self) -> str:
        """Return it."""
        return bearer(AUDITOR, "training", self._bench.clock)
