"""Of a body that is larger than others, no route reads more than the beginning for somebody who is not signed in."""

import asyncio

import pytest
from starlette.types import Message

from shared.web.bodies import BODY_MAX_BYTES
from tests.contract.http.conftest import WorldOf
from tests.contract.http.matrix import ROWS, Row

PIECE = b" " * (BODY_MAX_BYTES // 4)
LARGE = 200


@pytest.mark.parametrize("media_type", [b"application/json", b"image/jpeg", b"multipart/form-data; boundary=x"])
@pytest.mark.parametrize("token", [None, b"Bearer x.y.z"], ids=["no token", "a token of nobody"])
@pytest.mark.parametrize("row", [row for row in ROWS if row.method != "GET"], ids=lambda row: row.id)
def test_a_large_body_of_somebody_unknown_is_not_read(
    world_of: WorldOf, row: Row, token: bytes | None, media_type: bytes
) -> None:
    read, told = [], []
    headers = [(b"content-type", media_type), *([] if token is None else [(b"authorization", token)])]

    async def receive() -> Message:
        read.append(len(PIECE))
        return {"type": "http.request", "body": PIECE, "more_body": len(read) < LARGE}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": row.method, "path": row.path, "query_string": b"", "headers": headers}
    asyncio.run(world_of(row.service).served(scope, receive, send))

    assert sum(read) <= BODY_MAX_BYTES + len(PIECE)
    assert told[0]["status"] in {401, 413}
