"""Serving over HTTP, and keeping other processes that do, until a signal says to end."""

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

import uvicorn
from starlette.types import ASGIApp

from cheqi.assembly import Assembly
from cheqi.house import House
from cheqi.pulse import Pulse
from cheqi.terminal import say
from shared.db.commits import giving_hints
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.telemetry import configure_logs
from shared.web.app import Gateway, operations_app
from shared.web.host import Watched
from shared.web.metrics import Metrics

READY_WITHIN_S = 30
BACKLOG = 2048


def serve_house(settings: Settings) -> None:
    """Serve every service in this process until a signal ends it."""
    configure_logs(settings.log_level)
    with _listening(settings) as listening:
        house = House(settings)
        house.start()
        try:
            say(f"Cheqi answers at {settings.address}, until Ctrl-C")
            _server(house.gateway(), settings, Pulse(None)).run([listening])
        finally:
            house.stop()


def serve_api(settings: Settings, names: Sequence[str], pulse: Pulse) -> None:
    """Serve the HTTP APIs of some services until a signal ends it; their events are other processes' work."""
    configure_logs(settings.log_level)
    with _listening(settings) as listening, closing(Assembly(settings)) as assembly, ExitStack() as hinting:
        nodes = [assembly.node(name) for name in names]
        for node in nodes:
            node.refuse_start()
        for node in nodes:
            hinting.enter_context(giving_hints(node.store))
        _server(Gateway(nodes), settings, pulse).run([listening])


@contextmanager
def served_beside(house: House) -> Iterator[None]:
    """Serve a house in a thread while the block runs; raises RuntimeError when it does not get ready."""
    house.start()
    try:
        with _served(house.gateway(), house.settings):
            yield
    finally:
        house.stop()


@contextmanager
def served_operations(watched: Watched, settings: Settings) -> Iterator[None]:
    """Serve in a thread what operators ask of a process without an API, while the block runs."""
    metrics = Metrics(watched.service.name)
    metrics.watch(watched)
    with _served(operations_app([watched], [metrics]), settings):
        yield


@contextmanager
def _served(app: ASGIApp, settings: Settings) -> Iterator[None]:
    server = _server(app, settings, Pulse(None))
    thread = threading.Thread(target=server.run, args=([_listening(settings)],), daemon=True)
    thread.start()
    try:
        _wait_until_ready(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _server(app: ASGIApp, settings: Settings, pulse: Pulse) -> uvicorn.Server:
    async def beat() -> None:
        pulse.beat()

    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        callback_notify=beat,
        timeout_notify=1,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.proxies is not None,
        forwarded_allow_ips=settings.proxies,
        lifespan="off",
    )
    return uvicorn.Server(config)


def _listening(settings: Settings) -> socket.socket:
    """Return a socket that listens; raises ConfigurationError where another program does or no such address is here."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        told = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        message = f"cannot listen on {settings.host}, port {settings.port}: {told}; choose another with --port"
        raise ConfigurationError(message) from error


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            message = "the server did not begin to answer; its log says why"
            raise RuntimeError(message)
        time.sleep(0.01)
