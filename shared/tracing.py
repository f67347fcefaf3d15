"""Traces: which way a request's work took, through log and bus to the last consumer; by default none is recorded."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum

from shared.random import Random, SystemRandom

HEADER = "traceparent"
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
SPAN_BYTES, TRACE_BYTES, SAMPLED = 8, 16, 1
DRAWN_FROM = 2**64


class Kind(Enum):
    """What part a span plays between services."""

    SERVER = "server"
    CLIENT = "client"
    CONSUMER = "consumer"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A place in a trace, as W3C's traceparent names it; `sampled` says that the trace is recorded."""

    trace_id: str
    span_id: str
    sampled: bool

    def __str__(self) -> str:
        """Return the traceparent."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"

    @classmethod
    def parse(cls, traceparent: str | None) -> "TraceContext | None":
        """Return the place that a traceparent names, None for anything else than one of version 00."""
        found = TRACEPARENT.fullmatch(traceparent or "")
        return cls(found[1], found[2], bool(int(found[3], 16) & SAMPLED)) if found else None


@dataclass(slots=True)
class Span:
    """A part of a trace: who did what, and when (ns since 1970); attributes are codes, ids and numbers only."""

    name: str
    kind: Kind
    context: TraceContext
    parent: TraceContext | None = None
    attributes: dict[str, str | int] = field(default_factory=dict)
    error: str = ""
    started_ns: int = field(default_factory=time.time_ns)
    ended_ns: int = 0

    def follow(self, parent: TraceContext) -> None:
        """Become a part of somebody else's trace."""
        self.parent = parent
        self.context = TraceContext(parent.trace_id, self.context.span_id, parent.sampled)


Sink = Callable[[str, Span], None]
"""Takes a service's span that has ended; it neither waits nor raises."""
CURRENT: ContextVar[Span | None] = ContextVar("current_span", default=None)


@dataclass(frozen=True)
class Tracer:
    """Records one service's spans; a trace that begins here is recorded in `ratio` of all cases, 0 to 1."""

    service: str = ""
    sink: Sink | None = None
    ratio: float = 1.0
    random: Random = field(default_factory=SystemRandom)

    @property
    def is_on(self) -> bool:
        """Whether any span is recorded."""
        return self.sink is not None

    def samples(self, trace_id: str) -> bool:
        """Tell whether a trace that begins here is recorded; whoever asks again gets the same answer."""
        return self.is_on and int(trace_id[16:], 16) < self.ratio * DRAWN_FROM

    def below(self, parent: TraceContext) -> TraceContext:
        """Return a new place below another one."""
        return TraceContext(parent.trace_id, self.random.bytes(SPAN_BYTES).hex(), parent.sampled)

    def end(self, span: Span, error: str = "") -> None:
        """Record a span that has ended now; `error` is the class of what went wrong."""
        if self.sink is not None and span.context.sampled:
            span.error, span.ended_ns = error or span.error, time.time_ns()
            self.sink(self.service, span)

    @contextmanager
    def span(self, name: str, kind: Kind = Kind.INTERNAL, **attributes: str | int) -> Iterator[None]:
        """Record the block as a part of the current span; where there is none, as a trace of its own."""
        if not self.is_on:
            yield
            return
        above = CURRENT.get()
        parent = above.context if above else None
        context = self.below(parent) if parent else self._begin()
        span = Span(name, kind, context, parent, attributes)
        token = CURRENT.set(span)
        try:
            yield
        except Exception as error:
            span.error = type(error).__name__
            raise
        finally:
            CURRENT.reset(token)
            self.end(span)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Record the block as a part of the current span; where there is none, nothing is."""
        if CURRENT.get() is None:
            yield
            return
        with self.span(name):
            yield

    def _begin(self) -> TraceContext:
        trace_id = self.random.bytes(TRACE_BYTES).hex()
        return TraceContext(trace_id, self.random.bytes(SPAN_BYTES).hex(), self.samples(trace_id))


OFF = Tracer()


def headers() -> dict[str, str]:
    """Return what tells another service which span asks it; nothing outside of any."""
    span = CURRENT.get()
    return {HEADER: str(span.context)} if span else {}
