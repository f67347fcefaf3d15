"""How a service asks another one: with its own token, in bounded time, never inside a transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from shared.clock import Clock

TIMEOUT_S = 5.0
TRIES = 3
RENEW_BEFORE = timedelta(seconds=30)


class ServiceUnavailableError(ConnectionError):
    """Another service did not answer, or answered that it could not."""


@dataclass(frozen=True)
class Credentials:
    """A service's name and secret towards registration, and the scopes it asks for."""

    name: str
    secret: str
    target: str
    scope: str


class TokenSource:
    """Gets a service's access token by client credentials and keeps it until shortly before it ends."""

    def __init__(self, http: httpx2.Client, credentials: Credentials, clock: Clock) -> None:
        self._http, self._credentials, self._clock = http, credentials, clock
        self._token, self._until = "", clock.now()

    def token(self) -> str:
        """Return a token that is good for a while; raises ServiceUnavailableError."""
        now = self._clock.now()
        if now >= self._until - RENEW_BEFORE:
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
        answer = _send(self._http, "POST", "/api/registration/token", json=body)
        if answer.status_code != httpx2.codes.OK:
            message = f"registration refused a token to {mine.name} (status {answer.status_code})"
            raise ServiceUnavailableError(message)
        granted = answer.json()
        self._token, self._until = granted["access_token"], now + timedelta(seconds=granted["expires_in"])


class ServiceClient:
    """Reads another service's routes for services."""

    def __init__(self, http: httpx2.Client, tokens: TokenSource) -> None:
        self._http, self._tokens = http, tokens

    def find_json(self, path: str) -> Mapping[str, Any] | None:
        """Return the JSON object at a path, None where there is none (404); raises ServiceUnavailableError."""
        headers = {"Authorization": f"Bearer {self._tokens.token()}"}
        answer = _send(self._http, "GET", path, headers=headers)
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        if answer.status_code != httpx2.codes.OK:
            message = f"GET {path} was answered with status {answer.status_code}"
            raise ServiceUnavailableError(message)
        found: Mapping[str, Any] = answer.json()
        return found


def _send(http: httpx2.Client, method: str, path: str, **options: Any) -> httpx2.Response:
    """Send a request that is harmless by repetition, again when the connection fails."""
    for left in reversed(range(TRIES)):
        try:
            return http.request(method, path, timeout=TIMEOUT_S, **options)
        except httpx2.TransportError as error:
            if not left:
                message = f"{method} {path} was not answered: {type(error).__name__}"
                raise ServiceUnavailableError(message) from error
    raise AssertionError
