"""How a service asks another one: with its own token, in bounded time, never inside a transaction."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx2

from shared.clock import Clock
from shared.tracing import OFF, Kind, Tracer, headers

TIMEOUT_S = 5.0
TRIES = 3
RESTS_AT_MOST_S = 3.0
"""A server closes a connection that has rested for five seconds: no request must go out on one that it is closing."""
LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=RESTS_AT_MOST_S)
KEYS_PATH, TOKEN_PATH = "/api/registration/jwks.json", "/api/registration/token"
RENEW_BEFORE = timedelta(seconds=30)


class ServiceUnavailableError(ConnectionError):
    """Another service did not answer, or answered that it could not."""


@dataclass(frozen=True)
class Credentials:
    """A service's name and secret towards registration, and the one scope of the one service that it asks for."""

    name: str
    secret: str = field(repr=False)
    target: str
    scope: str


class TokenSource:
    """Gets a service's access token by client credentials and keeps it until shortly before it ends."""

    def __init__(self, http: httpx2.Client, credentials: Credentials, clock: Clock) -> None:
        self._http, self._credentials, self._clock = http, credentials, clock
        self._token, self._since, self._until = "", clock.now(), clock.now()
        self._lock = threading.Lock()

    def token(self) -> str:
        """Return a token that is good for a while; raises ServiceUnavailableError."""
        now = self._clock.now()
        with self._lock:
            # Before it was given: the clock ran ahead then, and was set right.
            if not self._since <= now < self._until - RENEW_BEFORE:
                self._renew(now)
            return self._token

    def _renew(self, now: datetime) -> None:
        mine = self._credentials
        body = {
            "grant_type": "client_credentials",
            "client_id": mine.name,
            "client_secret": mine.secret,
            "target": mine.target,
            "scope": mine.scope,
        }
        granted = _object(_send(self._http, "POST", TOKEN_PATH, json=body), TOKEN_PATH)
        try:
            self._token, self._since = granted["access_token"], now
            self._until = now + timedelta(seconds=granted["expires_in"])
        except (KeyError, TypeError) as error:
            message = f"{TOKEN_PATH} answered without a token"
            raise ServiceUnavailableError(message) from error


class Tokens(Protocol):
    """Has a token to show."""

    def token(self) -> str:
        """Return a token that is good for a while; raises ServiceUnavailableError."""
        ...


class ServiceClient:
    """Reads another service's routes for services; what is asked is a part of the trace that it is asked in."""

    def __init__(self, http: httpx2.Client, tokens: Tokens, tracer: Tracer = OFF) -> None:
        self._http, self._tokens, self._tracer = http, tokens, tracer

    def find_json(self, path: str) -> Mapping[str, Any] | None:
        """Return the JSON object at a path, None where there is none (404); raises ServiceUnavailableError."""
        answer = self._get(path)
        return None if answer.status_code == httpx2.codes.NOT_FOUND else _object(answer, path)

    def lines(self, path: str) -> list[str]:
        """Return the lines of the answer at a path; raises ServiceUnavailableError."""
        answer = self._get(path)
        if answer.status_code != httpx2.codes.OK:
            raise _refused(answer, path)
        return [line for line in answer.text.split("\n") if line]

    def _get(self, path: str) -> httpx2.Response:
        asked = path.split("/", 3)[2]
        about = {"http.request.method": "GET", "peer.service": asked}
        with self._tracer.span(f"GET {asked}", Kind.CLIENT, **about):
            signed = {"Authorization": f"Bearer {self._tokens.token()}"}
            return _send(self._http, "GET", path, headers=signed | headers())


def http_client(address: str) -> httpx2.Client:
    """Return a client of the services behind an address that waits for no answer longer than five seconds."""
    return httpx2.Client(base_url=address, timeout=TIMEOUT_S, limits=LIMITS)


def fetch_keys(http: httpx2.Client) -> Mapping[str, Any]:
    """Return the key set that registration publishes; raises ServiceUnavailableError."""
    return _object(_send(http, "GET", KEYS_PATH), KEYS_PATH)


def _object(answer: httpx2.Response, path: str) -> Mapping[str, Any]:
    """Return the JSON object of an answer; raises ServiceUnavailableError for a refusal, named by its problem."""
    found = _json(answer)
    if answer.status_code == httpx2.codes.OK and isinstance(found, dict):
        return found
    raise _refused(answer, path)


def _refused(answer: httpx2.Response, path: str) -> ServiceUnavailableError:
    found = _json(answer)
    problem = str(found.get("type", "")).rpartition("/")[2] if isinstance(found, dict) else ""
    return ServiceUnavailableError(f"{path} was answered with status {answer.status_code} {problem}".rstrip())


def _json(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _send(http: httpx2.Client, method: str, path: str, **options: Any) -> httpx2.Response:
    """Send a request that is harmless by repetition, again when the connection fails."""
    for left in reversed(range(TRIES)):
        try:
            return http.request(method, path, **options)
        except httpx2.TransportError as error:
            if not left:
                message = f"{path} was not answered: {type(error).__name__}"
                raise ServiceUnavailableError(message) from error
    raise AssertionError
