"""A service asks another with its own token: kept while it is good, and an outage is told from an answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
import uvicorn

from shared.clock import SettableClock
from shared.web.client import (
    RESTS_AT_MOST_S,
    TIMEOUT_S,
    TRIES,
    Credentials,
    ServiceClient,
    ServiceUnavailableError,
    TokenSource,
    fetch_keys,
    http_client,
)
from tests.moments import NOON

Answer = Callable[[httpx2.Request], httpx2.Response]
MINE = Credentials(name="notify", secret="s3cret", target="registration", scope="rider.phone:read")


class Registration:
    """The other side, as the tests want it to behave."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.granted: Any = {"access_token": "token", "expires_in": 600}
        self.answers: list[httpx2.Response | httpx2.TransportError] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.asked.append(f"{request.method} {request.url.path} {request.headers.get('authorization', '')}".strip())
        if request.url.path.endswith("/token"):
            return httpx2.Response(200, json=self.granted)
        answer = self.answers.pop(0) if self.answers else httpx2.Response(200, json={"phone": "x"})
        if isinstance(answer, httpx2.TransportError):
            raise answer
        return answer


@pytest.fixture
def other() -> Registration:
    """Return the other side."""
    return Registration()


@pytest.fixture
def clock() -> SettableClock:
    """Return a clock that the test moves."""
    return SettableClock(NOON)


@pytest.fixture
def client(other: Registration, clock: SettableClock) -> ServiceClient:
    """Return a client of the other side."""
    http = httpx2.Client(transport=httpx2.MockTransport(other), base_url="http://other")
    return ServiceClient(http, TokenSource(http, MINE, clock))


def test_a_token_is_kept_until_shortly_before_it_ends(
    client: ServiceClient, other: Registration, clock: SettableClock
) -> None:
    for step in (0, 300, 260, 30):
        clock.advance(timedelta(seconds=step))
        client.find_json("/api/registration/riders/r1/phone")

    tokens = [asked for asked in other.asked if asked.endswith("/token")]
    assert len(tokens) == 2
    assert other.asked[1] == "GET /api/registration/riders/r1/phone Bearer token"


def test_a_token_that_was_got_while_the_clock_ran_ahead_is_not_kept(other: Registration) -> None:
    class Clock:
        moment = NOON + timedelta(days=365)

        def now(self) -> datetime:
            return self.moment

    clock, http = Clock(), httpx2.Client(transport=httpx2.MockTransport(other), base_url="http://other")
    tokens = TokenSource(http, MINE, clock)
    tokens.token()
    clock.moment = NOON
    tokens.token()

    assert len([asked for asked in other.asked if asked.endswith("/token")]) == 2


def test_what_is_not_there_is_none_and_not_an_outage(client: ServiceClient, other: Registration) -> None:
    other.answers = [httpx2.Response(404, json={"type": "https://cheqi.cn/problems/not-found"})]

    assert client.find_json("/api/registration/riders/r1/phone") is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx2.Response(503, json={"type": "https://cheqi.cn/problems/busy"}), "status 503 busy"),
        (httpx2.Response(502, text="<html>bad gateway"), "status 502"),
        (httpx2.Response(200, text="not JSON"), "status 200"),
        (httpx2.Response(200, json=["a list"]), "status 200"),
        (httpx2.Response(302, headers={"Location": "http://elsewhere"}), "status 302"),
    ],
    ids=["problem", "proxy", "no JSON", "no object", "redirect"],
)
def test_anything_else_is_an_outage_named_by_its_problem(
    client: ServiceClient, other: Registration, answer: httpx2.Response, said: str
) -> None:
    other.answers = [answer]

    with pytest.raises(ServiceUnavailableError, match=said) as raised:
        client.find_json("/api/registration/riders/r1/phone")
    assert "token" not in str(raised.value)


def test_a_connection_that_fails_is_tried_again(client: ServiceClient, other: Registration) -> None:
    other.answers = [httpx2.ConnectError("refused")] * (TRIES - 1)

    assert client.find_json("/api/registration/riders/r1/phone") == {"phone": "x"}


def test_a_connection_that_never_holds_is_given_up_after_a_few_tries(
    client: ServiceClient, other: Registration
) -> None:
    other.answers = [httpx2.ReadTimeout("slow")] * 10

    with pytest.raises(ServiceUnavailableError, match="not answered: ReadTimeout"):
        client.find_json("/api/registration/riders/r1/phone")
    assert len(other.answers) == 10 - TRIES


@pytest.mark.parametrize("granted", [{}, {"access_token": "t", "expires_in": "soon"}, ["t"]])
def test_a_token_answer_without_token_is_an_outage(client: ServiceClient, other: Registration, granted: Any) -> None:
    other.granted = granted

    with pytest.raises(ServiceUnavailableError, match="/api/registration/token"):
        client.find_json("/api/registration/riders/r1/phone")


def test_keys_are_fetched_from_where_registration_publishes_them(other: Registration) -> None:
    other.answers = [httpx2.Response(200, json={"keys": []})]
    http = httpx2.Client(transport=httpx2.MockTransport(other), base_url="http://other")

    assert fetch_keys(http) == {"keys": []}
    assert other.asked == ["GET /api/registration/jwks.json"]


def test_nobody_is_waited_for_without_end_and_no_secret_is_shown() -> None:
    with http_client("http://other") as http:
        assert http.timeout.read == TIMEOUT_S
    assert "s3cret" not in repr(MINE)


def test_a_connection_that_rested_is_left_before_a_server_of_ours_closes_it() -> None:
    assert uvicorn.Config("app", log_config=None).timeout_keep_alive > RESTS_AT_MOST_S
