"""A client that repeats what it got no answer to, under the same key, until it knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import anyio.to_thread
from httpx2 import Response

from shared.auth import Principal
from tests.applications import application_of
from tests.clients import Client as HTTPClient
from tests.sim.world import World
from tests.tokens import bearer

TRIES_MAX = 30
SERVER_ERROR = 500


@dataclass(frozen=True)
class Order:
    """One command: `name` tells it from all others of a script; `what` is like `POST rewards/vouchers`."""

    name: str
    what: str
    body: Mapping[str, Any] | None = None
    principal: Principal | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.what.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path under /api."""
        return self.what.partition(" ")[2]

    @property
    def service(self) -> str:
        """The service that it is given to."""
        return self.path.partition("/")[0]


class Client:
    """Gives orders to a world over HTTP, in this process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._http = {name: HTTPClient(application_of(place.node), {}) for name, place in world.places.items()}

    def give(self, order: Order) -> Response:
        """Give an order, again after each crash, until it is accepted or refused."""
        for _ in range(TRIES_MAX):
            self.world.random.begin(order.name)
            answer = self.world.request(order.service, lambda: self._send(order))
            if answer is not None:
                assert answer.status_code < SERVER_ERROR, (order, answer.text)
                return answer
        message = f"{order.name} was not answered in {TRIES_MAX} tries"
        raise AssertionError(message)

    def _send(self, order: Order) -> Response:
        headers = {"Idempotency-Key": order.name, "Accept-Language": "en"}
        if order.principal is not None:
            token = bearer(order.principal, order.service, self.world.clock)
            headers["Authorization"] = f"Bearer {token}"
        http, path = self._http[order.service], f"/api/{order.path}"
        with patch.object(anyio.to_thread, "run_sync", _in_this_thread):
            return http.request(order.method, path, json=order.body, headers=headers)


async def _in_this_thread(function: Callable[..., Any], *arguments: Any, **_limits: Any) -> Any:
    """Call an endpoint where a server would hand it to a thread: nothing else runs meanwhile."""
    return function(*arguments)
