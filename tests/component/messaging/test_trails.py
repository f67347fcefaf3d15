"""What events leave behind when they are applied: a span each below whoever told them, and a line for each failure."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from shared.events.governance import HazardRejectedV1, HazardVerifiedV1
from shared.messaging import each, emit, together
from shared.messaging.consumer import Consumer, ConsumerStoppedError
from shared.messaging.handlers import Handling
from shared.messaging.operate import Operator
from shared.messaging.parking import list_parked
from shared.messaging.tables import event_log
from shared.tracing import Kind, TraceContext, Tracer
from tests.component.messaging.conftest import BadSeverityError, Kit
from tests.spans import PARENT, SPAN, TRACE, Kept, tracer_into


@pytest.fixture
def kept(kit: Kit) -> Kept:
    """Let the subscriber's spans be kept."""
    kept = Kept()
    listen(kit, tracer_into(kept))
    return kept


def listen(kit: Kit, tracer: Tracer, handling: Handling | None = None) -> None:
    """Let the subscriber record its spans, and handle verified hazards in another way where one is given."""
    if handling is not None:
        kit.service.handlers = {HazardVerifiedV1: handling}
    kit.consumer = Consumer(kit.service, kit.store, kit.keys, kit.clock, tracer)
    kit.operator = Operator(kit.service, kit.store, kit.keys, kit.clock, tracer)


def traced(document: str, traceparent: str = PARENT) -> str:
    """Return a document as one that was told in a trace; its seal is not looked at here."""
    return json.dumps({**json.loads(document), "traceparent": traceparent})


def id_of(document: str) -> str:
    """Return an event's id."""
    return str(json.loads(document)["id"])


def told_by(kit: Kit) -> list[str]:
    """Return the traceparents of what the subscriber told."""
    with kit.store.read() as session:
        documents = session.scalars(select(event_log.c.document).order_by(event_log.c.ordinal))
        return [json.loads(one)["traceparent"] for one in documents]


def release(session: Session, event: HazardVerifiedV1) -> None:
    """Tell something because of the event."""
    rejected = {"hazard_id": event.hazard_id, "rider_id": event.rider_id, "reason": "not-found"}
    emit(session, HazardRejectedV1(subdistrict="110108005", **rejected))


def test_an_applied_event_is_a_consumer_s_span_below_the_one_that_told_it(kit: Kit, kept: Kept) -> None:
    document = traced(kit.verified("h1"))

    kit.apply(document)

    (span,) = kept.spans
    assert (span.kind, span.parent, span.error) == (Kind.CONSUMER, TraceContext(TRACE, SPAN, sampled=True), "")
    assert span.attributes["messaging.message.id"] == id_of(document)
    assert span.context.span_id != SPAN


def test_what_follows_from_an_event_is_told_below_its_span(kit: Kit, kept: Kept) -> None:
    listen(kit, tracer_into(kept), each(release))

    kit.apply(traced(kit.verified("h1")))

    assert told_by(kit) == [str(span.context) for span in kept.spans]


def test_each_event_of_a_set_has_a_span_and_a_trace_of_its_own(kit: Kit, kept: Kept) -> None:
    other = PARENT.replace("4bf9", "5bf9")
    listen(kit, tracer_into(kept), together(lambda _session, _events: None))

    kit.apply(traced(kit.verified("h1")), traced(kit.verified("h2"), other), kit.verified("h3"))

    assert [span.context.trace_id for span in kept.spans] == [TRACE, other[3:35]]


@pytest.mark.parametrize("parent", [f"{PARENT[:-1]}0", "13812345678", f"{PARENT}-"])
def test_what_is_not_recorded_or_is_no_trace_leaves_no_span_and_goes_on_as_it_came(
    kit: Kit, kept: Kept, parent: str
) -> None:
    listen(kit, tracer_into(kept), each(release))

    kit.apply(traced(kit.verified("h1"), parent))

    assert kept.spans == []
    assert told_by(kit) == [parent]


def test_where_tracing_is_off_an_event_s_trace_goes_on_as_it_came(kit: Kit) -> None:
    kit.service.handlers = {HazardVerifiedV1: each(release)}
    kit.consumer = Consumer(kit.service, kit.store, kit.keys, kit.clock)

    kit.apply(traced(kit.verified("h1")))

    assert told_by(kit) == [PARENT]


def test_a_run_that_fails_leaves_no_span_and_once_it_is_tried_again_one_for_each_event(kit: Kit, kept: Kept) -> None:
    run = [traced(kit.verified("h1")), traced(kit.verified("h2", "high"))]
    busy = OperationalError("x", {}, Exception("database is locked"))
    kit.service.broken = lambda event: busy if event.severity == "high" else None
    with pytest.raises(OperationalError):
        kit.apply(*run)
    left = list(kept.spans)
    kit.service.broken = lambda _event: None

    kit.apply(*run)

    assert left == []
    assert [span.attributes["messaging.message.id"] for span in kept.spans] == [id_of(one) for one in run]
    assert {span.context.trace_id for span in kept.spans} == {TRACE}


def test_a_parked_event_leaves_a_failed_span_and_its_redrive_goes_on_in_the_same_trace(kit: Kit, kept: Kept) -> None:
    kit.service.broken = lambda _event: BadSeverityError("13812345678")
    kit.apply(traced(kit.verified("h1")))
    kit.service.broken = lambda _event: None

    with kit.store.read() as session:
        (row,) = list_parked(session)
    assert kit.operator.redrive(row.id)

    failed, applied = kept.spans
    assert (failed.error, applied.error) == ("BadSeverityError", "")
    assert failed.parent == applied.parent == TraceContext(TRACE, SPAN, sampled=True)
    assert failed.context.span_id != applied.context.span_id
    assert "13812345678" not in repr(kept.spans)


def test_an_event_that_waited_above_a_hole_keeps_its_trace(kit: Kit, kept: Kept) -> None:
    first, second = kit.verified("h1"), traced(kit.verified("h1"))
    kit.apply(second)
    assert kept.spans == []

    kit.apply(first)

    (span,) = kept.spans
    assert span.attributes["messaging.message.id"] == id_of(second)


def test_a_parked_event_is_logged_once_with_its_trace_also_where_tracing_is_off(kit: Kit) -> None:
    kit.service.broken = lambda _event: BadSeverityError("13812345678")
    document = traced(kit.verified("h1"))

    with capture_logs() as lines:
        kit.apply(document)

    (line,) = [one for one in lines if one["event"] == "event parked"]
    assert (line["event_id"], line["trace_id"], line["error"]) == (id_of(document), TRACE, "BadSeverityError")
    assert "13812345678" not in str(lines)


@pytest.mark.parametrize(
    ("words", "raised", "kind"),
    [("database is locked", OperationalError, "transient"), ("no such table: x", ConsumerStoppedError, "ours")],
)
def test_an_event_that_met_a_fault_of_others_is_logged_with_its_trace(
    kit: Kit, words: str, raised: type[Exception], kind: str
) -> None:
    kit.service.broken = lambda _event: OperationalError("x", {}, Exception(words))

    with capture_logs() as lines, pytest.raises(raised):
        kit.apply(traced(kit.verified("h1")))

    (line,) = [one for one in lines if one["event"] == "event not applied"]
    assert {name: line[name] for name in ("trace_id", "kind", "error")} == {
        "trace_id": TRACE,
        "kind": kind,
        "error": "OperationalError",
    }


def test_attributes_of_a_consumer_s_span_are_codes_and_ids(kit: Kit, kept: Kept) -> None:
    kit.apply(traced(kit.verified("h1")))

    (span,) = kept.spans
    told: dict[str, Any] = dict(span.attributes)
    assert set(told.pop("messaging.message.id")) <= set("0123456789abcdef-")
    assert told == {
        "messaging.system": "cheqi",
        "messaging.operation.type": "process",
        "messaging.destination.name": "governance",
        "cheqi.event.type": HazardVerifiedV1.type_name(),
    }
