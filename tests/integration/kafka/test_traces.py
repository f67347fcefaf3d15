"""A trace goes over a real broker: the consumer's span is below the one that told the event."""

from dataclasses import replace

from shared.events.governance import HazardVerifiedV1
from shared.messaging import emit
from shared.messaging.cause import of_command
from shared.tracing import Kind, TraceContext
from tests.integration.kafka.stage import Stage, running
from tests.spans import PARENT, Kept, tracer_into


def test_an_event_told_in_a_trace_is_applied_in_it_behind_the_broker(stage: Stage) -> None:
    kept, bench = Kept(), stage.pair.publisher
    listener = stage.pair.listener
    listener.consumer = replace(listener.node, tracer=tracer_into(kept)).consumer()
    why = of_command(time=bench.clock.now(), actor="staff/s", request_id="r", traceparent=PARENT, random=bench.random)

    with running(stage):
        with bench.node.transaction(why) as session:
            emit(session, HazardVerifiedV1(subdistrict="110108005", hazard_id="h1", rider_id="r1", severity="low"))
        while stage.relay.step():
            pass
        stage.until_noted("h1")

    (span,) = kept.spans
    assert (span.kind, span.parent) == (Kind.CONSUMER, TraceContext.parse(PARENT))
