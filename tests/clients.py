"""A client of an application in this process: each thread has a loop of its own, in which requests are answered.

Starlette's client starts a thread and a loop for every request, which takes longer than most answers.
"""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any, cast

import httpx2
from starlette.types import ASGIApp


class _Loop:
    """An event loop that is closed when nobody can use it any more."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.loop.close()


_of_thread = threading.local()


def _loop() -> asyncio.AbstractEventLoop:
    if not hasattr(_of_thread, "kept"):
        _of_thread.kept = _Loop()
    loop: asyncio.AbstractEventLoop = _of_thread.kept.loop
    return loop


class _InProcess(httpx2.BaseTransport):
    """Hands requests to an application; what it does not catch is the status 500, as a server would answer."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._inner = httpx2.ASGITransport(cast(Any, app), raise_app_exceptions=False, client=(address, 50000))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer."""
        request.read()
        return _loop().run_until_complete(self._answer(request))

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        body = await answer.aread()
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body))


class Client(httpx2.Client):
    """A client at an address."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], address: str = "testclient") -> None:
        super().__init__(
            transport=_InProcess(app, address), base_url="http://testserver", headers=headers, follow_redirects=True
        )
