"""The gateway under an address with https: who asks for that name gets TLS, and nothing goes without."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing

import pytest
from docker.models.images import Image

from tests.integration.compose.stack import Stack
from tests.integration.compose.test_gateway_alone import REACHED, STAND_IN

NAME, PORT, LISTEN = "cheqi.localhost", 443, "127.0.0.44"
"""A name under `localhost` is one for which Caddy is its own authority; for others it asks a public one."""
AUTHORITY = "/srv/gateway/caddy/pki/authorities/local/root.crt"


@pytest.fixture(scope="module")
def encrypted(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return a stack of which only the gateway runs, under an address with https."""
    overlay = tmp_path_factory.mktemp("overlay") / "overlay.json"
    overlay.write_text(json.dumps(STAND_IN))
    stack = Stack()
    stack.variables |= {
        "COMPOSE_FILE": f"docker-compose.yml:{overlay}",
        "CHEQI_SITE": f"https://{NAME}",
        "CHEQI_PORT": str(PORT),
        "CHEQI_LISTEN": LISTEN,
    }
    image.tag(stack.image)
    try:
        # Its folder for certificates comes from the image of the job before it, with its owner.
        stack.compose("up", "--no-build", "secrets")
        stack.up("--no-deps", "gateway", "anybody")
        yield stack
    finally:
        stack.remove()
        image.client.images.remove(stack.image)


def test_who_asks_for_the_name_is_answered_over_tls_and_told_to_stay_with_it(encrypted: Stack) -> None:
    with closing(speaking(encrypted)) as connection:
        connection.request("GET", "/api/registration/jwks.json")
        answer = connection.getresponse()

        assert answer.read() == REACHED
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["Alt-Svc"] is None


def test_a_certificate_outlives_the_gateway_s_container(encrypted: Stack) -> None:
    before = certificate(encrypted)

    encrypted.up("--no-deps", "--force-recreate", "gateway", "anybody")

    assert certificate(encrypted) == before


def test_nothing_is_answered_without_tls_or_under_another_name(encrypted: Stack) -> None:
    plain = http.client.HTTPConnection(LISTEN, PORT, timeout=30)
    plain.request("GET", "/api/registration/jwks.json")
    status = plain.getresponse().status
    plain.close()

    assert status == http.client.BAD_REQUEST
    with pytest.raises(ssl.SSLError, match="alert"):
        speaking(encrypted, "elsewhere.example")


def speaking(stack: Stack, name: str = NAME) -> http.client.HTTPSConnection:
    """Return a connection that asks for a name, and trusts the gateway's own authority only."""
    trusted = ssl.create_default_context(cadata=stack.inside("gateway", "cat", AUTHORITY))
    connection = http.client.HTTPSConnection(name, timeout=30)
    connection.sock = trusted.wrap_socket(socket.create_connection((LISTEN, PORT), timeout=30), server_hostname=name)
    return connection


def certificate(stack: Stack) -> bytes | None:
    """Return the certificate that the gateway shows."""
    with closing(speaking(stack)) as connection:
        assert isinstance(connection.sock, ssl.SSLSocket)
        return connection.sock.getpeercert(binary_form=True)
