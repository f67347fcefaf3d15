"""How much of requests' bodies a process has in hand at once, and how long one may take to come (ASGI)."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from sys import getsizeof

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.origin import origin_of
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
    """What one process may have in hand, and what it has, in bytes.

    `coming` has the small bodies that are not whole yet, in bytes by address; `large` whose large bodies are in hand.
    """

    most: int = IN_HAND_MAX_BYTES
    in_hand: int = 0
    coming: Counter[str] = field(default_factory=Counter)
    large: set[str] = field(default_factory=set)

    def take(self, size: int, *, large: bool) -> None:
        """Count what has come; raises the 503 where that would be too much. Large bodies leave a quarter to others."""
        if self.in_hand + size > (self.most * 3 // 4 if large else self.most):
            raise HTTPException(kinds.BODIES_IN_HAND.status)
        self.in_hand += size

    def give_back(self, size: int) -> None:
        """Forget what is in hand no more."""
        self.in_hand -= size

    def let_come(self, address: str, size: int) -> None:
        """Count what an address has begun and not ended; raises the 503 where that is over an eighth of the whole."""
        if size > 0 and self.coming[address] + size > self.most // 8:
            raise HTTPException(kinds.BODIES_IN_HAND.status)
        self.coming[address] += size
        if not self.coming[address]:
            del self.coming[address]

    def begin_large(self, person: str) -> None:
        """Note whose a large body is; raises the 429 where another one of the same person is in hand."""
        if person in self.large:
            raise HTTPException(kinds.LARGE_BODY_IN_HAND.status)
        self.large.add(person)


@dataclass(frozen=True)
class Patience:
    """How long a body may take to come, in seconds; the gateway waits as long for one that is larger than most.

    Of one that is larger the next piece may take as long as the whole of another.
    """

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
        body = _Body(Request(scope), receive, self.budget, self.patience)
        try:
            await self.app(scope, body.receive, send)
        finally:
            body.forget()


class _Body:
    """The body of one request, and what it has of the budget: bytes, its address's share, its person's turn."""

    def __init__(self, request: Request, receive: Receive, budget: Budget, patience: Patience) -> None:
        self._request, self._receive, self._budget, self._patience = request, receive, budget, patience
        self._parsed_times = PARSED_TIMES if is_json(request) else 0
        self._began = self._last = asyncio.get_running_loop().time()
        self._size, self._whole, self._large = 0, False, False
        self._counted, self._coming, self._person = 0, 0, ""

    async def receive(self) -> Message:
        """Return the next message; raises the 408, for who leaves before the body is whole too, the 429 or the 503."""
        if self._whole:
            return await self._receive()
        message = await self._next()
        if message["type"] == "http.disconnect":
            raise HTTPException(kinds.BODY_TOO_SLOW.status)
        self._add(message.get("body", b""), whole=not message.get("more_body", False))
        return message

    def forget(self) -> None:
        """Give back what the body has of the budget."""
        self._budget.give_back(self._counted)
        self._let_come(0)
        self._budget.large.discard(self._person)

    async def _next(self) -> Message:
        until = self._began + self._patience.body
        if self._large:
            until = min(self._began + self._patience.large_body, self._last + self._patience.body)
        try:
            async with asyncio.timeout_at(until):
                return await self._receive()
        except TimeoutError as error:
            raise HTTPException(kinds.BODY_TOO_SLOW.status) from error

    def _add(self, piece: bytes, *, whole: bool) -> None:
        self._size += len(piece)
        self._whole, self._last = whole, asyncio.get_running_loop().time()
        if self._size > BODY_MAX_BYTES and not self._large:
            self._large = True
            self._begin_large()
        self._count(getsizeof(piece) if piece else 0)
        if whole and not self._large:
            self._count(self._size * self._parsed_times)
        self._let_come(0 if whole or self._large else self._counted)

    def _let_come(self, coming: int) -> None:
        """Let the address's share be what has come; most bodies come whole, and no address is looked up for them."""
        if coming != self._coming:
            client = self._request.client
            address = origin_of(client.host if client else "unknown").address
            self._budget.let_come(address, coming - self._coming)
            self._coming = coming

    def _begin_large(self) -> None:
        """Take the person's turn; of somebody whom no good token has named by now, no route reads on."""
        person = getattr(self._request.state, "person", "")
        if person:
            self._budget.begin_large(person)
            self._person = person

    def _count(self, size: int) -> None:
        self._budget.take(size, large=self._large)
        self._counted += size
