"""The probe of a container: cheap, true, and it tells why not."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cheqi.probe import reasons_of

LOADED = "import sys, cheqi.probe; print(sorted({name.partition('.')[0] for name in sys.modules}))"


@contextmanager
def answering(status: HTTPStatus, body: bytes = b"") -> Iterator[int]:
    """Answer every request with a status and a body while the block runs; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else HTTPStatus.NOT_FOUND)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_process_is_ready_when_it_says_so() -> None:
    with answering(HTTPStatus.OK) as port:
        assert reasons_of(port) == []
        assert probed(port) == (0, "ready\n")


def test_a_process_that_is_not_ready_tells_every_reason() -> None:
    reasons = {"rewards": ["the store does not answer: OperationalError", "Kafka does not answer"], "notify": ["x"]}
    body = json.dumps({"ready": False, "reasons": reasons}).encode()

    with answering(HTTPStatus.SERVICE_UNAVAILABLE, body) as port:
        status, told = probed(port)

    assert status == 1
    assert told == ("rewards: the store does not answer: OperationalError\nrewards: Kafka does not answer\nnotify: x\n")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"reasons":1}', b"\xff"])
def test_an_answer_that_gives_no_reason_is_none_of_readiness(body: bytes) -> None:
    with answering(HTTPStatus.NOT_FOUND, body) as port:
        assert reasons_of(port) == ["/readyz was answered with 404"]


def test_where_nobody_listens_nothing_is_ready() -> None:
    with answering(HTTPStatus.OK) as port:
        pass

    assert probed(port) == (
        1,
        f"nothing answers on port {port}: ConnectionRefusedError; the container's log says more\n",
    )


def test_asking_loads_the_standard_library_only() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours

    assert "'cheqi'" in loaded
    assert not {"pydantic", "sqlalchemy", "fastapi", "typer", "httpx2"} & set(loaded.replace("'", " ").split())


def probed(port: int) -> tuple[int, str]:
    """Return the status of the command, and what it prints."""
    environment = {**os.environ, "CHEQI_PORT": str(port)}
    command = [sys.executable, "-m", "cheqi.probe"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return ended.returncode, ended.stdout
