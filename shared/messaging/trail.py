"""The trail that events leave when they are applied: a span each where traces are recorded, a line for each failure."""

from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from shared.messaging.arrivals import Arrival
from shared.messaging.cause import Cause, of_event
from shared.messaging.failures import kind_of, place_of
from shared.messaging.parking import Verdict
from shared.tracing import Kind, Span, TraceContext, Tracer

log = structlog.get_logger(__name__)


class Trail:
    """Belongs to one consumer; what a transaction leaves is told when it has committed, and not when it fails."""

    def __init__(self, service: str, tracer: Tracer) -> None:
        self._service, self._tracer = service, tracer

    def causes(self, session: Session, arrivals: Sequence[Arrival]) -> list[Cause]:
        """Return the causes that events are; what follows from one that is traced is told below its span."""
        if not self._tracer.is_on:
            return [of_event(one.envelope) for one in arrivals]
        return [of_event(one.envelope, self._begin(session, one)) for one in arrivals]

    def refuse(self, session: Session, arrival: Arrival, verdict: Verdict) -> None:
        """Note that an event is parked."""
        session.info.setdefault("refused", []).append((arrival, verdict))
        if self._tracer.is_on and (span := self._span(session, arrival)):
            span.error = verdict.error or verdict.reason

    def failed(self, arrival: Arrival, error: BaseException) -> None:
        """Say that an event could not be applied although the fault is not its own."""
        why = {"kind": kind_of(error).value, "error": type(error).__name__, "place": place_of(error)}
        log.warning("event not applied", **self._named(arrival), **why)

    def end(self, session: Session) -> None:
        """Tell what a transaction has left, once it has committed."""
        for span in session.info.pop("spans", ()):
            self._tracer.end(span)
        for arrival, verdict in session.info.pop("refused", ()):
            why = {"reason": verdict.reason, "error": verdict.error, "place": verdict.place}
            log.warning("event parked", **self._named(arrival), **why)

    def _begin(self, session: Session, arrival: Arrival) -> str | None:
        span = self._span(session, arrival)
        return str(span.context) if span else arrival.envelope.traceparent

    def _span(self, session: Session, arrival: Arrival) -> Span | None:
        """Begin an event's span below that of whoever told it; None where that is not recorded."""
        envelope = arrival.envelope
        parent = TraceContext.parse(envelope.traceparent)
        if parent is None or not parent.sampled:
            return None
        about: dict[str, str | int] = {
            "messaging.system": "cheqi",
            "messaging.operation.type": "process",
            "messaging.destination.name": envelope.publisher,
            "messaging.message.id": envelope.id,
            "cheqi.event.type": envelope.type,
        }
        span = Span(f"process {envelope.type}", Kind.CONSUMER, self._tracer.below(parent), parent, about)
        session.info.setdefault("spans", []).append(span)
        return span

    def _named(self, arrival: Arrival) -> dict[str, str | None]:
        envelope = arrival.envelope
        traced = TraceContext.parse(envelope.traceparent)
        return {
            "service": self._service,
            "source": envelope.publisher,
            "type": envelope.type,
            "event_id": envelope.id,
            "trace_id": traced.trace_id if traced else None,
        }
