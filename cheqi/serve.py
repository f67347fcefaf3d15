"""Serving a house over HTTP until it is told to end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from cheqi.house import House
from shared.settings import Settings
from shared.telemetry import configure_logs

READY_WITHIN_S = 30


def serve_house(settings: Settings) -> None:
    """Serve every service in this process until a signal ends it."""
    configure_logs(settings.log_level)
    house = House(settings)
    house.start()
    try:
        _server(house).run()
    finally:
        house.stop()


@contextmanager
def served_beside(house: House) -> Iterator[None]:
    """Serve a house in a thread while the block runs; raises RuntimeError when it does not get ready."""
    server = _server(house)
    thread = threading.Thread(target=server.run, daemon=True)
    house.start()
    thread.start()
    try:
        _wait_until_ready(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join()
        house.stop()


def _server(house: House) -> uvicorn.Server:
    config = uvicorn.Config(
        house.gateway(),
        host=house.settings.host,
        port=house.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
    )
    return uvicorn.Server(config)


def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            message = f"nothing listens on port {server.config.port}; is another program using it?"
            raise RuntimeError(message)
        time.sleep(0.01)
