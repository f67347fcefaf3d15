"""The only place that knows OpenTelemetry: spans leave over OTLP/HTTP, in batches, from a thread of its own."""

from functools import cache

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.tracing import Kind, Span, TraceContext
from shared.version import VERSION

TRACES_PATH = "/v1/traces"
TIMEOUT_S = 5.0
SCOPE = InstrumentationScope("cheqi", VERSION)
KINDS = {kind: SpanKind[kind.name] for kind in Kind}
RECORDED = TraceFlags(TraceFlags.SAMPLED)
FINE, FAILED = Status(StatusCode.UNSET), Status(StatusCode.ERROR)


class OTLPSink:
    """Takes spans and sends them to a collector; while it is away they are dropped, and nobody waits for it.

    Spans take OpenTelemetry's form when they have ended: its own way of beginning them costs three times as much, and
    gives no span the ids that stood in events and requests before.
    """

    def __init__(self, url: str) -> None:
        address = url.rstrip("/").removesuffix(TRACES_PATH) + TRACES_PATH
        self._processor: SpanProcessor = BatchSpanProcessor(OTLPSpanExporter(endpoint=address, timeout=TIMEOUT_S))

    def __call__(self, service: str, span: Span) -> None:
        """Take a service's span that has ended."""
        told = ReadableSpan(
            span.name,
            context=_otlp_context(span.context),
            parent=_otlp_context(span.parent) if span.parent else None,
            resource=_resource(service),
            attributes=span.attributes | ({"error.type": span.error} if span.error else {}),
            kind=KINDS[span.kind],
            status=FAILED if span.error else FINE,
            start_time=span.started_ns,
            end_time=span.ended_ns,
            instrumentation_scope=SCOPE,
        )
        self._processor.on_end(told)

    def close(self) -> None:
        """Send what is left, and end."""
        self._processor.shutdown()


@cache
def _resource(service: str) -> Resource:
    return Resource({"service.name": service, "service.namespace": "cheqi", "service.version": VERSION})


def _otlp_context(place: TraceContext) -> SpanContext:
    return SpanContext(int(place.trace_id, 16), int(place.span_id, 16), is_remote=True, trace_flags=RECORDED)
