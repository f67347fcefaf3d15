"""Around every request: an id and a trace, a log line, counted and timed, and headers that keep browsers safe."""

import re
import time
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.messaging.failures import place_of
from shared.random import Random
from shared.tracing import CURRENT, OFF, Kind, Span, TraceContext, Tracer
from shared.web import kinds
from shared.web.metrics import Metrics, method_told
from shared.web.problems import MEDIA_TYPE, problem, too_large

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

UNTRACED = frozenset({"/livez", "/readyz", "/metrics"})
SERVER_ERROR = 500
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""No address has one; a route's pattern ends before a last line feed, so that what stands in front might miss it."""

log = structlog.get_logger("http")


@dataclass
class RequestMiddleware:
    """Wraps an application (ASGI); no exception leaves it, so that no server logs what one says."""

    app: ASGIApp
    metrics: Metrics
    random: Random
    tracer: Tracer = OFF

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        state = scope.setdefault("state", {})
        state["request_id"], state["span"] = self._begin()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = state["request_id"]
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        token = CURRENT.set(state["span"])
        try:
            await self._answer(scope, receive, send_with_headers)
        except Exception as error:  # Whatever had not begun was answered before this was raised.
            self._report(scope, error)
        finally:
            CURRENT.reset(token)
            self._note(scope, status, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await problem(Request(scope), kinds.NUL_CHARACTER, {})(scope, receive, send)
            return
        if CONTROL.search(scope["path"]):
            await problem(Request(scope), kinds.NO_SUCH_ROUTE, {})(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _begin(self) -> tuple[str, Span]:
        """Make a request id and begin a trace; a client's own stand nowhere, for any form of them can hold a phone.

        A service that asks is no such client: once its token is verified, the span follows its trace.
        """
        made = self.random.bytes(24).hex()
        context = TraceContext(made[:32], made[32:], self.tracer.samples(made[:32]))
        return made[:32], Span("request", Kind.SERVER, context)

    def _report(self, scope: Scope, error: Exception) -> None:
        log.error(
            "request failed",
            service=self.metrics.service,
            error=type(error).__name__,
            place=place_of(error),
            **_named(scope),
        )
        scope["state"]["span"].error = type(error).__name__

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self.metrics.count(scope["method"], route, status, seconds)
        log.info(
            "request",
            service=self.metrics.service,
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            **_named(scope),
        )
        if route not in UNTRACED:
            self._end(scope["state"]["span"], scope["method"], route, status)

    def _end(self, span: Span, method: str, route: str, status: int) -> None:
        told = method_told(method)
        span.name = f"{told} {route}"
        span.attributes |= {"http.request.method": told, "http.route": route, "http.response.status_code": status}
        self.tracer.end(span, str(status) if status >= SERVER_ERROR and not span.error else "")


def _named(scope: Scope) -> dict[str, str]:
    state = scope["state"]
    return {"request_id": state["request_id"], "trace_id": state["span"].context.trace_id}


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
            if message["type"] == "http.response.start" and _is_bare(message):
                replaced = True
                await too_large(Request(scope))(scope, receive, send)
                return
            await send(message)

        await self.app(scope, receive, send_problem)


def _is_bare(message: Message) -> bool:
    """Tell a 413 of the framework from a service's own problem."""
    media_type = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] == kinds.BODY_TOO_LARGE.status and not media_type.startswith(MEDIA_TYPE))
