"""The probe of a container: cheap, and true."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cheqi.probe import is_ready

LOADED = "import sys, cheqi.probe; print(sorted({name.partition('.')[0] for name in sys.modules}))"


@contextmanager
def answering(status: HTTPStatus) -> Iterator[int]:
    """Answer every request with a status while the block runs; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else HTTPStatus.NOT_FOUND)
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "ready"), [(HTTPStatus.OK, True), (HTTPStatus.SERVICE_UNAVAILABLE, False), (HTTPStatus.NOT_FOUND, False)]
)
def test_a_process_is_ready_when_it_says_so(status: HTTPStatus, ready: bool) -> None:  # noqa: FBT001 - a case
    with answering(status) as port:
        assert is_ready(port) is ready


def test_where_nobody_listens_nothing_is_ready() -> None:
    with answering(HTTPStatus.OK) as port:
        pass

    assert not is_ready(port)


def test_asking_loads_the_standard_library_only() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours

    assert "'cheqi'" in loaded
    assert not {"pydantic", "sqlalchemy", "fastapi", "typer", "httpx2"} & set(loaded.replace("'", " ").split())
