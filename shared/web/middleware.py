"""Around every request: an id and a trace, a log line, counted and timed, and headers that keep browsers safe."""

import re
import time
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.random import Random
from shared.web import kinds
from shared.web.problems import problem

REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{8,64}")
TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

log = structlog.get_logger("http")


class Metrics:
    """What one application counts of its requests."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = ("service", "method", "route", "status")
        self.requests = Counter("cheqi_http_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "cheqi_http_request_seconds", "Time to answer", ("service", "route"), registry=self.registry
        )
        self.service = service


@dataclass
class RequestMiddleware:
    """Wraps an application (ASGI)."""

    app: ASGIApp
    metrics: Metrics
    random: Random

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        state = scope.setdefault("state", {})
        state.update(self._identity(dict(scope["headers"])))

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = state["request_id"]
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _identity(self, headers: dict[bytes, bytes]) -> dict[str, str]:
        """Take over a request id and a trace that are well formed; make them otherwise."""
        given = headers.get(b"x-request-id", b"")
        trace = headers.get(b"traceparent", b"")
        made = self.random.bytes(24).hex()
        return {
            "request_id": given.decode() if REQUEST_ID.fullmatch(given) else made[:32],
            "traceparent": trace.decode() if TRACEPARENT.fullmatch(trace) else f"00-{made[:32]}-{made[32:]}-01",
        }

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"]
        self.metrics.requests.labels(self.metrics.service, method, route, str(status)).inc()
        self.metrics.seconds.labels(self.metrics.service, route).observe(seconds)
        log.info(
            "request",
            service=self.metrics.service,
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=scope["state"]["request_id"],
        )


@dataclass
class TooLargeMiddleware:
    """Gives the framework's bare 413 the form of a problem (ASGI)."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if replaced:
                return
            if message["type"] == "http.response.start" and message["status"] == kinds.BODY_TOO_LARGE.status:
                replaced = True
                answer = problem(Request(scope), kinds.BODY_TOO_LARGE, {})
                await answer(scope, receive, send)
                return
            await send(message)

        await self.app(scope, receive, send_problem)
