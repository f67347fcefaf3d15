"""No small body becomes more than is counted for it: JSON is counted at its worst, and nothing else is parsed."""

import asyncio
import json
import string
import tracemalloc
from itertools import product

import pytest
from starlette.types import Message

from shared.web.bodies import BODY_MAX_BYTES, PARSED_TIMES
from tests.contract.http.conftest import WorldOf
from tests.contract.http.matrix import ROWS, Row
from tests.contract.http.test_authorisation import allowed_principal, filled, parameters
from tests.contract.http.worlds import World

WITH_BODY = [row for row in ROWS if row.body is not None]
PRINTED = string.digits + string.ascii_letters + string.punctuation.replace('"', "").replace("\\", "")
PLAIN_TIMES = 16
"""How many times its size a body takes that nobody parses, and what stands around it."""


def crowded(row: Row, world: World) -> bytes:
    """Return a route's body with as many unknown names in it as there is room for."""
    known = json.dumps(filled(row.body or {"grant_type": "password"}, world.ids))[1:-1].encode()
    room = BODY_MAX_BYTES - len(known) - len("{,}")
    names = (f'"{"".join(two)}":0' for two in product(PRINTED, repeat=2))
    unknown = ",".join(list(names)[: room // len('"aa":0,')])
    return b"{" + known + b"," + unknown.encode() + b"}"


def ask(world: World, row: Row, media_type: bytes, body: bytes) -> tuple[int, float]:
    """Send a body as somebody who may; return the status, and how many times its size it took at its worst."""
    told: list[Message] = []
    headers = [(b"content-type", media_type)]
    if not row.everybody:
        headers.append((b"authorization", f"Bearer {world.token(allowed_principal(world, row))}".encode()))
    ids = {name: world.ids[row.named.get(name, name)] for name in parameters(row.path)}
    path = row.path.format(**ids)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": row.method, "path": path, "query_string": b"", "headers": headers}
    tracemalloc.start()
    try:
        asyncio.run(world.served(scope, receive, send))
        return told[0]["status"], tracemalloc.get_traced_memory()[1] / len(body)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.id)
def test_a_body_that_does_not_say_it_is_json_is_not_parsed(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)

    status, times = ask(world, row, b"text/plain", crowded(row, world))

    assert status == 415
    assert times < PLAIN_TIMES


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: row.id)
def test_json_becomes_no_more_than_is_counted_for_it(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)

    status, times = ask(world, row, b"application/json", crowded(row, world))

    assert status == 422
    assert times < PARSED_TIMES
