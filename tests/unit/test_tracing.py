"""Traces are joined by what W3C writes, are recorded as a whole or not at all, and are nothing where they are off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.random import SeededRandom
from shared.tracing import CURRENT, OFF, Kind, TraceContext, headers
from tests.spans import PARENT, SPAN, TRACE, Kept, tracer_into


@given(st.binary(min_size=16, max_size=16).filter(any), st.binary(min_size=8, max_size=8).filter(any), st.booleans())
def test_a_context_is_read_as_it_is_written(trace: bytes, span: bytes, sampled: bool) -> None:  # noqa: FBT001 - drawn
    context = TraceContext(trace.hex(), span.hex(), sampled)

    assert TraceContext.parse(str(context)) == context


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "00",
        PARENT.upper(),
        f"{PARENT}-more",
        f"{PARENT}\n",
        PARENT.replace("00-", "01-", 1),
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-zz",
        "13812345678",
    ],
)
def test_what_is_no_traceparent_names_no_place(text: str | None) -> None:
    assert TraceContext.parse(text) is None


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("03", True), ("ff", True)])
def test_the_last_bit_of_the_flags_says_whether_a_trace_is_recorded(flags: str, sampled: bool) -> None:  # noqa: FBT001 - a case
    context = TraceContext.parse(f"00-{TRACE}-{SPAN}-{flags}")

    assert context is not None
    assert context.sampled is sampled


def test_of_traces_that_begin_here_about_the_set_part_is_recorded() -> None:
    draws = SeededRandom(1)
    traces = [draws.bytes(16).hex() for _ in range(4000)]

    shares = {ratio: sum(map(tracer_into(Kept(), ratio).samples, traces)) / 4000 for ratio in (0.0, 0.25, 1.0)}

    assert shares[0.0] == 0
    assert shares[1.0] == 1
    assert shares[0.25] == pytest.approx(0.25, abs=0.05)


def test_a_span_within_another_is_a_part_of_its_trace_and_ends_first() -> None:
    kept = Kept()
    tracer = tracer_into(kept)

    with tracer.span("sweep"), tracer.span("ask", Kind.CLIENT, count=3):
        pass

    inner, outer = kept.spans
    assert (kept.services[0], inner.name, inner.kind, inner.attributes) == ("rewards", "ask", Kind.CLIENT, {"count": 3})
    assert (inner.parent, outer.parent) == (outer.context, None)
    assert inner.context.trace_id == outer.context.trace_id
    assert outer.started_ns <= inner.started_ns <= inner.ended_ns <= outer.ended_ns


def test_a_span_whose_block_fails_says_the_class_of_the_error_and_nothing_it_said() -> None:
    kept = Kept()

    with pytest.raises(LookupError), tracer_into(kept).span("sweep"):
        raise LookupError("13812345678")

    (span,) = kept.spans
    assert span.error == "LookupError"
    assert "13812345678" not in repr(span)


def test_a_trace_that_is_not_recorded_is_so_in_all_of_its_parts() -> None:
    kept = Kept()
    tracer = tracer_into(kept, 0.0)

    with tracer.span("sweep"):
        told = headers()["traceparent"]
        with tracer.span("ask"):
            pass

    assert told.endswith("-00")
    assert kept.spans == []


def test_a_part_outside_of_any_trace_begins_none() -> None:
    kept = Kept()

    with tracer_into(kept).part("transaction"):
        assert CURRENT.get() is None

    assert kept.spans == []


def test_nothing_is_made_and_nothing_told_where_tracing_is_off() -> None:
    with OFF.span("sweep"), OFF.part("transaction"):
        assert CURRENT.get() is None
        assert headers() == {}

    assert not OFF.samples(TRACE)
