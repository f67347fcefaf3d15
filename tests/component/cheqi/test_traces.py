"""Traces are nobody's business unless a collector is named; then what sends them must be installed, and may be away."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cheqi.traces import Traces
from shared.errors import ConfigurationError
from shared.random import SeededRandom
from shared.settings import Settings
from shared.tracing import OFF, Span, Tracer
from tests.collector import collecting
from tests.spans import Kept

RANDOM = SeededRandom("traces")


def kept_too(tracer: Tracer, kept: Kept) -> Tracer:
    """Let the spans that a tracer sends be kept as well."""
    send = tracer.sink
    assert send is not None

    def both(service: str, span: Span) -> None:
        kept(service, span)
        send(service, span)

    return replace(tracer, sink=both)


def test_without_a_collector_there_is_no_tracing(tmp_path: Path) -> None:
    assert Traces(Settings(data=tmp_path), RANDOM).tracer("rewards") is OFF


def test_a_collector_without_what_sends_to_it_is_refused_with_the_way_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "shared.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(ConfigurationError, match=r"CHEQI_TRACES_URL.*opentelemetry.*cheqi\[telemetry\]"):
        Traces(Settings(data=tmp_path, traces_url="http://127.0.0.1:4318"), RANDOM)


@pytest.mark.parametrize("path", ["", "/", "/v1/traces"])
def test_spans_arrive_with_their_own_ids_and_times(tmp_path: Path, path: str) -> None:
    kept = Kept()
    with collecting() as collector:
        traces = Traces(Settings(data=tmp_path, traces_url=collector.address + path), RANDOM)
        tracer = kept_too(traces.tracer("rewards"), kept)
        with pytest.raises(LookupError), tracer.span("sweep"), tracer.span("ask", count=3):
            raise LookupError
        traces.close()

    inner, outer = sorted(collector.spans, key=lambda span: span.name)
    assert (inner.service, inner.name, inner.attributes) == (
        "rewards",
        "ask",
        {"count": 3, "error.type": "LookupError"},
    )
    assert (inner.trace_id, inner.parent_id, outer.parent_id) == (outer.trace_id, outer.span_id, "")
    assert inner.failed
    assert [(one.trace_id, one.span_id, one.started_ns, one.ended_ns) for one in (inner, outer)] == [
        (span.context.trace_id, span.context.span_id, span.started_ns, span.ended_ns) for span in kept.spans
    ]


def test_a_collector_that_is_away_holds_up_nobody(tmp_path: Path) -> None:
    traces = Traces(Settings(data=tmp_path, traces_url="http://127.0.0.1:1"), RANDOM)

    with traces.tracer("rewards").span("sweep"):
        pass

    traces.close()
