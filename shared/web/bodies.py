"""How much of requests' bodies a process has in hand at once, and how long one may take to come (ASGI)."""

import asyncio
from dataclasses import dataclass, field
from sys import getsizeof

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web import kinds
from shared.web.problems import is_json

BODY_MAX_BYTES = 64 * 1024
"""What a route takes unless it says otherwise; the longest list of attendance has 40 KB."""
IN_HAND_MAX_BYTES = 32 * 1024 * 1024
"""A container of an API has 100 MiB to spare, and a body that is put together from its pieces is there twice."""
PARSED_TIMES = 160
"""How many times its size JSON of the shortest unknown names takes at most, once each of them is told of."""


@dataclass
class Budget:
    """What one process may have in hand, and what it has, in bytes."""

    most: int = IN_HAND_MAX_BYTES
    in_hand: int = 0

    def take(self, size: int, *, large: bool) -> None:
        """Count what has come; raises the 503 where that would be too much. Large bodies leave a quarter to others."""
        if self.in_hand + size > (self.most * 3 // 4 if large else self.most):
            raise HTTPException(kinds.BODIES_IN_HAND.status)
        self.in_hand += size

    def give_back(self, size: int) -> None:
        """Forget what is in hand no more."""
        self.in_hand -= size


@dataclass(frozen=True)
class Patience:
    """How long a body may take to come, in seconds; the gateway waits as long for one that is larger than most."""

    body: float = 30
    large_body: float = 180


@dataclass
class BodyMiddleware:
    """Counts the bodies of requests in flight as they come in, and refuses what is too much or comes too slowly.

    What has come is counted, and not what was announced: who announces much and sends nothing takes nothing away.
    """

    app: ASGIApp
    budget: Budget
    patience: Patience = field(default_factory=Patience)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        times = PARSED_TIMES if is_json(Request(scope)) else 0
        body = _Body(receive, self.budget, self.patience, times)
        try:
            await self.app(scope, body.receive, send)
        finally:
            self.budget.give_back(body.counted)


class _Body:
    """The body of one request."""

    def __init__(self, receive: Receive, budget: Budget, patience: Patience, parsed_times: int) -> None:
        self._receive, self._budget, self._patience, self._parsed_times = receive, budget, patience, parsed_times
        self._began = asyncio.get_running_loop().time()
        self._size, self._whole, self.counted = 0, False, 0

    async def receive(self) -> Message:
        """Return the next message; raises the 408 or the 503."""
        if self._whole:
            return await self._receive()
        message = await self._next()
        if message["type"] == "http.request":
            piece = message.get("body", b"")
            self._size += len(piece)
            self._whole = not message.get("more_body", False)
            self._count(getsizeof(piece))
            if self._whole and not self._large:
                self._count(self._size * self._parsed_times)
        return message

    @property
    def _large(self) -> bool:
        return self._size > BODY_MAX_BYTES

    async def _next(self) -> Message:
        patience = self._patience.large_body if self._large else self._patience.body
        try:
            async with asyncio.timeout_at(self._began + patience):
                return await self._receive()
        except TimeoutError as error:
            raise HTTPException(kinds.BODY_TOO_SLOW.status) from error

    def _count(self, size: int) -> None:
        self._budget.take(size, large=self._large)
        self.counted += size
