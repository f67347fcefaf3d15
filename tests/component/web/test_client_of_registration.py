"""A service asks the real registration with its own secret, as it does in a deployment."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from services.registration.clients import client_secret
from shared.web.client import RENEW_BEFORE, TOKEN_PATH, Credentials, ServiceClient, ServiceUnavailableError, TokenSource
from tests.clients import Client
from tests.component.registration.stage import PHONE, Stage


class Line:
    """The line to registration: it hands requests on, counts the paths asked for, and breaks as often as it is told."""

    def __init__(self, there: Client) -> None:
        self._there, self.asked, self.breaks = there, list[str](), 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Hand on one request."""
        self.asked.append(request.url.path)
        if self.breaks:
            self.breaks -= 1
            message = "connection refused"
            raise httpx2.ConnectError(message)
        answer = self._there.request(
            request.method, request.url.path, content=request.read(), headers=dict(request.headers)
        )
        return httpx2.Response(answer.status_code, content=answer.content, headers=answer.headers)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return registration."""
    return Stage(tmp_path)


@pytest.fixture
def line(stage: Stage) -> Line:
    """Return the line to it."""
    return Line(stage.http())


@pytest.fixture
def client_with(stage: Stage, line: Line) -> Callable[[str], ServiceClient]:
    """Return what makes a client of notify with a secret."""

    def make(secret: str) -> ServiceClient:
        http = httpx2.Client(transport=httpx2.MockTransport(line), base_url="http://registration")
        credentials = Credentials("notify", secret, "registration", "rider.phone:read")
        return ServiceClient(http, TokenSource(http, credentials, stage.bench.clock))

    return make


@pytest.fixture
def client(stage: Stage, client_with: Callable[[str], ServiceClient]) -> ServiceClient:
    """Return a client with the right secret."""
    return client_with(client_secret(stage.kept, "notify"))


def test_a_service_reads_what_its_scope_opens(stage: Stage, client: ServiceClient) -> None:
    rider = stage.rider()

    found = client.find_json(phone_of(rider.id))

    assert found == {"rider_id": rider.id, "phone": PHONE}


def test_a_rider_who_is_not_there_is_none(client: ServiceClient) -> None:
    assert client.find_json(phone_of("nobody")) is None


def test_a_token_is_fetched_again_only_shortly_before_registration_would_refuse_it(
    stage: Stage, line: Line, client: ServiceClient
) -> None:
    rider = stage.rider()
    path = phone_of(rider.id)

    client.find_json(path)
    stage.bench.clock.advance(timedelta(minutes=10) - RENEW_BEFORE - timedelta(seconds=1))
    kept = client.find_json(path), line.asked.count(TOKEN_PATH)
    stage.bench.clock.advance(timedelta(minutes=1))
    renewed = client.find_json(path), line.asked.count(TOKEN_PATH)

    assert kept == ({"rider_id": rider.id, "phone": PHONE}, 1)
    assert renewed == ({"rider_id": rider.id, "phone": PHONE}, 2)


def test_a_secret_that_is_refused_is_an_outage_that_names_the_problem_and_not_the_secret(
    client_with: Callable[[str], ServiceClient],
) -> None:
    client = client_with("wrong-secret")

    with pytest.raises(ServiceUnavailableError, match=f"{TOKEN_PATH} was answered with status 401") as refused:
        client.find_json(phone_of("r1"))

    assert "wrong-secret" not in str(refused.value)


def test_a_route_outside_the_scope_is_an_outage_and_no_answer(stage: Stage, client: ServiceClient) -> None:
    rider = stage.rider()

    with pytest.raises(ServiceUnavailableError, match="status 403 forbidden"):
        client.find_json(f"/api/registration/riders/{rider.id}/name")


def test_a_line_that_breaks_twice_is_not_noticed(stage: Stage, line: Line, client: ServiceClient) -> None:
    rider = stage.rider()
    line.breaks = 2

    assert client.find_json(phone_of(rider.id)) == {"rider_id": rider.id, "phone": PHONE}


def test_a_line_that_stays_broken_is_an_outage_after_three_tries(line: Line, client: ServiceClient) -> None:
    line.breaks = 100

    with pytest.raises(ServiceUnavailableError, match="ConnectError"):
        client.find_json(phone_of("r1"))

    assert len(line.asked) == 3


def phone_of(rider_id: str) -> str:
    """Return where a rider's phone is."""
    return f"/api/registration/riders/{rider_id}/phone"
