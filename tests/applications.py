"""Applications of services: each is built once in a process, and serves one node after another."""

from contextvars import ContextVar
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.node import Node
from shared.service import Service
from shared.web.app import served
from shared.web.host import Host

_asked: ContextVar[Node] = ContextVar("asked")
_applications: dict[tuple[int, int], tuple[Service, ASGIApp]] = {}


def application_of(node: Node) -> ASGIApp:
    """Return an application that answers for this node, as its service's would in a process of its own."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        _asked.set(node)
        await _application(node.service)(scope, receive, send)

    return answer


class _Asked:
    """Stands where an application expects its host: hands everything on to the node that the request is for."""

    @property
    def random(self) -> "_Asked":
        """Randomness that is looked up when it is drawn from."""
        return self

    def bytes(self, count: int) -> bytes:
        """Return random bytes of the node's."""
        return _asked.get().random.bytes(count)

    def __getattr__(self, name: str) -> Any:
        """Return what the node has."""
        return getattr(_asked.get(), name)


def _application(service: Service) -> ASGIApp:
    """Return the application of services with these routes, which cannot be hashed; the first time, build it."""
    key = (id(service.router), id(service.public))
    if key not in _applications:
        _applications[key] = (service, served(cast(Host, _Asked())))
    return _applications[key][1]
