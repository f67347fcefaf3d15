"""Around every request: an id and a trace, a log line, counted and timed, and headers that keep browsers safe."""

import re
import time
from collections.abc import Callable
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
    timer: Callable[[], float] = time.perf_counter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"], state["span"] = self._begin()
        passage = _Passage(receive, send, state["request_id"], self.timer)
        token = CURRENT.set(state["span"])
        try:
            await self._answer(scope, passage.receive, passage.send)
        except Exception as error:  # Whatever had not begun was answered before this was raised.
            self._report(scope, error)
        finally:
            CURRENT.reset(token)
            passage.end()
            self._note(scope, passage)

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

    def _note(self, scope: Scope, passage: "_Passage") -> None:
        route, status = getattr(scope.get("route"), "path", "unknown"), passage.status
        self.metrics.count(scope["method"], route, status, passage.seconds)
        log.info(
            "request",
            service=self.metrics.service,
            method=scope["method"],
            route=route,
            status=status,
            ms=round(passage.seconds * 1000, 1),
            body_ms=round(passage.waited * 1000, 1),
            **_named(scope),
        )
        if route not in UNTRACED:
            self._end(scope["state"]["span"], scope["method"], route, status)

    def _end(self, span: Span, method: str, route: str, status: int) -> None:
        told = method_told(method)
        span.name = f"{told} {route}"
        span.attributes |= {"http.request.method": told, "http.route": route, "http.response.status_code": status}
        self.tracer.end(span, str(status) if status >= SERVER_ERROR and not span.error else "")


class _Passage:
    """A request on its way in and its answer on its way out: the status, and the time that passes.

    `seconds` is from the request's begin to the answer's, without what the caller was waited for, which is `waited`: a
    photo over a bad line makes no service slow.
    """

    def __init__(self, receive: Receive, send: Send, request_id: str, timer: Callable[[], float]) -> None:
        self._receive, self._send, self._request_id, self._timer = receive, send, request_id, timer
        self._began = timer()
        self.status, self.seconds, self.waited = 0, 0.0, 0.0

    async def receive(self) -> Message:
        """Return the next message of the request."""
        if self.status:
            return await self._receive()
        asked = self._timer()
        try:
            return await self._receive()
        finally:
            self.waited += self._timer() - asked

    async def send(self, message: Message) -> None:
        """Send a message of the answer, its headers with those of all answers."""
        if message["type"] == "http.response.start":
            self.end()
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    def end(self) -> None:
        """Take the time, unless an answer has begun before."""
        if not self.status:
            self.seconds = self._timer() - self._began - self.waited


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
