"""Spans for tests: kept instead of sent."""

from shared.random import SeededRandom
from shared.tracing import Span, Tracer

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


class Kept:
    """A sink that keeps what it takes."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: list[str] = []

    def __call__(self, service: str, span: Span) -> None:
        """Keep a span."""
        self.spans.append(span)
        self.services.append(service)


def tracer_into(kept: Kept, ratio: float = 1.0) -> Tracer:
    """Return a tracer of one service."""
    return Tracer("rewards", kept, ratio, SeededRandom("traces"))
