"""A process has so much of bodies in hand and no more, and a body that does not come is not waited for."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from shared.web.app import served, service_app
from shared.web.bodies import PARSED_TIMES, BodyMiddleware, Budget, Patience
from shared.web.middleware import RequestMiddleware
from tests.component.web.conftest import RIDER
from tests.component.web.test_bodies import SCOPE
from tests.harness import Bench
from tests.tokens import bearer

PIECE = b"x" * 100_000
MOST = 400_000
HOUR_S, DEADLINE_S = 3600, 20
NOTE = b'{"words":"a"}'


@dataclass
class Exchange:
    """One request that sends pieces of a body, ends it once it may or at once, and keeps what it is answered."""

    scope: dict[str, object]
    pieces: list[bytes]
    at_once: bool = False
    sent_all: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    answers: list[Message] = field(default_factory=list)

    async def receive(self) -> Message:
        """Send the next piece, in turn with others."""
        await asyncio.sleep(0)
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces) or not self.at_once}
        self.sent_all.set()
        await self.may_end.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        """Keep a part of the answer."""
        self.answers.append(message)

    async def ask(self, app: ASGIApp) -> tuple[int, str]:
        """Ask; return the status, and the code of a problem."""
        await app(dict(self.scope), self.receive, self.send)
        told = json.loads(self.answers[1]["body"]).get("type", "")
        return self.answers[0]["status"], told.rpartition("/")[2]

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers of the answer."""
        return dict(self.answers[0]["headers"])


def photo(bench: Bench, pieces: Iterable[bytes], number: int = 1) -> Exchange:
    """Return the photo of a rider, with a number and an address of the rider's own, that is being sent."""
    token = f"Bearer {bearer(replace(RIDER, id=f'r{number}'), 'training', bench.clock)}".encode()
    headers = [(b"content-type", b"image/jpeg"), (b"authorization", token)]
    scope = {**SCOPE, "method": "PUT", "path": "/api/training/photo", "headers": headers}
    return Exchange({**scope, "client": (f"203.0.113.{number}", 50000)}, list(pieces))


def note(bench: Bench, body: bytes) -> Exchange:
    """Return a note whose body is sent."""
    exchange = photo(bench, [body])
    headers = [(b"content-type", b"application/json"), (b"idempotency-key", b"k1")]
    exchange.scope |= {"method": "POST", "path": "/api/training/notes", "headers": headers}
    return exchange


def test_what_would_be_too_much_in_hand_is_refused_until_another_request_has_ended(bench: Bench) -> None:
    budget = Budget(MOST)
    app = served(bench.node, budget)

    async def play() -> tuple[Exchange, list[tuple[int, str]]]:
        first, second, third = (photo(bench, [PIECE, PIECE], number) for number in range(3))
        asking = asyncio.create_task(first.ask(app))
        await first.sent_all.wait()
        second.may_end.set()
        third.may_end.set()
        refused = await second.ask(app)
        first.may_end.set()
        return second, [refused, await asking, await third.ask(app)]

    second, answered = asyncio.run(play())

    assert answered == [(503, "too-much-in-hand"), (200, ""), (200, "")]
    assert second.headers[b"retry-after"] == b"2"
    assert budget.in_hand == 0
    assert 'route="/photo",service="training",status="503"} 1.0' in bench_metrics(app)


def test_of_many_that_send_at_once_some_are_served(bench: Bench) -> None:
    app = served(bench.node, Budget(2 * MOST))

    async def play() -> list[int]:
        photos = [photo(bench, [PIECE[::5]] * 10, number) for number in range(10)]
        asking = [asyncio.create_task(one.ask(app)) for one in photos]
        whole = [asyncio.create_task(one.sent_all.wait()) for one in photos]
        awaited: list[asyncio.Future[Any]] = [*whole, asyncio.gather(*asking)]
        await asyncio.wait(awaited, timeout=DEADLINE_S, return_when=asyncio.FIRST_COMPLETED)
        for one in photos:
            one.sent_all.set()
            one.may_end.set()
        return [(await one)[0] for one in asking]

    assert set(asyncio.run(play())) == {200, 503}


def test_large_bodies_leave_room_for_small_ones(bench: Bench) -> None:
    app = served(bench.node, Budget(MOST))

    async def play() -> list[tuple[int, str]]:
        photos, small = [photo(bench, [PIECE, PIECE]), photo(bench, [PIECE], 2)], note(bench, NOTE)
        asking = asyncio.create_task(photos[0].ask(app))
        await photos[0].sent_all.wait()
        photos[1].may_end.set()
        small.may_end.set()
        meanwhile = [await photos[1].ask(app), await small.ask(app)]
        photos[0].may_end.set()
        return [*meanwhile, await asking]

    answered = asyncio.run(play())

    assert answered == [(503, "too-much-in-hand"), (401, "unauthorised"), (200, "")]


def test_json_is_counted_as_what_it_becomes(bench: Bench) -> None:
    async def ask(most: int) -> tuple[int, str]:
        exchange = note(bench, NOTE)
        exchange.may_end.set()
        return await exchange.ask(served(bench.node, Budget(most)))

    assert asyncio.run(ask(PARSED_TIMES * len(NOTE))) == (503, "too-much-in-hand")
    assert asyncio.run(ask((PARSED_TIMES + 10) * len(NOTE))) == (401, "unauthorised")


@pytest.mark.parametrize(
    ("patience", "pieces"), [(Patience(0, HOUR_S), []), (Patience(HOUR_S, 0), [PIECE])], ids=["small", "large"]
)
def test_a_body_that_does_not_come_is_not_waited_for(bench: Bench, patience: Patience, pieces: list[bytes]) -> None:
    budget = Budget()
    app = BodyMiddleware(service_app(bench.node), budget, patience)

    async def play() -> tuple[Exchange, tuple[int, str]]:
        slow = photo(bench, pieces)
        return slow, await asyncio.wait_for(slow.ask(app), DEADLINE_S)

    slow, answered = asyncio.run(play())

    assert answered == (408, "body-too-slow")
    assert slow.headers[b"connection"] == b"close"
    assert budget.in_hand == 0


@pytest.mark.parametrize("piece", [PIECE, NOTE], ids=["large", "small"])
def test_what_a_client_had_sent_when_it_left_is_in_hand_no_more(bench: Bench, piece: bytes) -> None:
    budget, messages = Budget(), [{"type": "http.request", "body": piece, "more_body": True}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        """Nobody listens."""

    asyncio.run(served(bench.node, budget)(dict(photo(bench, []).scope), receive, send))

    assert budget == Budget()


def bench_metrics(app: RequestMiddleware) -> str:
    """Return what Prometheus is told."""
    exchange = Exchange({**SCOPE, "method": "GET", "path": "/api/training/metrics", "headers": []}, [])
    asyncio.run(app(exchange.scope, exchange.receive, exchange.send))
    return str(exchange.answers[1]["body"].decode())
