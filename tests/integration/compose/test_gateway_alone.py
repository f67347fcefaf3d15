"""The gateway as the compose file starts it, with one container that answers in place of all services behind it."""

import http.client
import json
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.containers.patience import until
from tests.integration.compose.stack import SERVICES, Stack
from tests.integration.compose.test_gateway import DISGUISES, OPERATIONS, asked

REACHED = b"reached"
HEADER_TIMEOUT_S = 10
UNFINISHED = 3000
MEMORY = "awk '/^VmRSS/ {print $2}' /proc/$(pidof caddy)/status"
"""What prints how much memory the gateway's process has, in KiB."""
STAND_IN = {
    "services": {
        "anybody": {
            "image": "caddy:2",
            "command": ["caddy", "respond", "--listen", ":8080", "--body", REACHED.decode()],
            "networks": {"front": {"aliases": list(SERVICES)}},
        }
    }
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return a stack of which only the gateway runs."""
    overlay = tmp_path_factory.mktemp("overlay") / "overlay.json"
    overlay.write_text(json.dumps(STAND_IN))
    stack = Stack()
    stack.variables["COMPOSE_FILE"] = f"docker-compose.yml:{overlay}"
    try:
        stack.up("--no-deps", "gateway", "anybody")
        yield stack
    finally:
        stack.remove()


@pytest.mark.parametrize("path", ["/api/registration/jwks.json", "/api/rewards/x%20y", "/c/HD-2026-1"])
def test_people_s_paths_reach_a_service(alone: Stack, path: str) -> None:
    assert asked(alone, path) == (http.client.OK, REACHED)


@pytest.mark.parametrize("path", [*OPERATIONS, "/", "/api/stranger/x", "/api/registration", *DISGUISES])
def test_no_spelling_reaches_what_is_not_for_people(alone: Stack, path: str) -> None:
    status, body = asked(alone, path)

    assert status in (http.client.NOT_FOUND, http.client.BAD_REQUEST)
    assert REACHED not in body


def test_another_host_s_name_is_answered_with_a_sentence(alone: Stack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", alone.port, timeout=30)
    connection.request("GET", "/api/registration/jwks.json", headers={"Host": "elsewhere.example"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()

    assert answer.status == http.client.MISDIRECTED_REQUEST
    assert "use the address" in said["detail"]


def test_half_a_request_is_not_waited_for_long(alone: Stack) -> None:
    with socket.create_connection(("127.0.0.1", alone.port), timeout=3 * HEADER_TIMEOUT_S) as half:
        half.sendall(b"GET /api/registration/jwks.json HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 3000)

        while half.recv(4096):
            pass


def test_more_unfinished_requests_than_it_has_memory_for_do_not_end_it(alone: Stack) -> None:
    before, allowed = alone.started("gateway"), resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed[1], allowed[1]))

    with ExitStack() as opened:
        for _ in range(UNFINISHED):
            half = opened.enter_context(socket.create_connection(("127.0.0.1", alone.port), timeout=30))
            half.sendall(b"POST /api/registration/codes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\nx")
        memory = int(alone.inside("gateway", "sh", "-c", MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, allowed)

    until(lambda: asked(alone, "/api/registration/jwks.json") == (http.client.OK, REACHED))
    assert alone.started("gateway") == before
    assert memory < 120 * 1024


def test_headers_beyond_any_of_ours_are_refused(alone: Stack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", alone.port, timeout=30)
    connection.request("GET", "/api/registration/jwks.json", headers={"X-Long": "x" * 13_000})
    status = connection.getresponse().status
    connection.close()

    assert status == http.client.REQUEST_HEADER_FIELDS_TOO_LARGE


def test_prometheus_sees_how_the_gateway_is_and_nobody_outside_does(alone: Stack) -> None:
    connection = http.client.HTTPConnection(f"{alone.variables['CHEQI_FRONT']}.10", 2020, timeout=30)
    connection.request("GET", "/metrics")
    told = connection.getresponse().read().decode()
    connection.close()

    assert "process_resident_memory_bytes" in told
    assert {one["target"] for one in alone.config()["services"]["gateway"]["ports"]} == {alone.port}


def test_a_file_of_the_gateway_is_seen_anew_without_a_new_container(alone: Stack) -> None:
    mounted = [one for one in alone.config()["services"]["gateway"]["volumes"] if one["type"] == "bind"]

    assert [Path(one["source"]).is_dir() for one in mounted] == [True]
    alone.inside("gateway", "caddy", "reload", "--config", "/etc/caddy/Caddyfile")
