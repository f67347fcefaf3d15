"""Somebody who uses the services over HTTP, as a browser or a partner's till would."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2

from shared.clock import Clock

TOKEN = "/api/registration/token"  # noqa: S105 - a path, no secret
LEEWAY = timedelta(seconds=30)
Answer = dict[str, Any]


class StepFailedError(Exception):
    """A step did not hold; the text says what was expected and what came."""


@dataclass
class Session:
    """The tokens that a person holds, and until when the access token is good."""

    access: str
    refresh: str | None
    until: datetime


class Person:
    """Keeps a person signed in: refreshes the access token, and signs in again when that is refused."""

    def __init__(self, http: httpx2.Client, clock: Clock, sign_in: Callable[[], Answer], language: str) -> None:
        self.id = ""
        self._http, self._clock, self._sign_in, self._language = http, clock, sign_in, language
        self._session: Session | None = None

    def hold(self, tokens: Answer) -> None:
        """Keep the tokens of an answer."""
        until = self._clock.now() + timedelta(seconds=tokens["expires_in"]) - LEEWAY
        self._session = Session(tokens["access_token"], tokens.get("refresh_token"), until)

    def get(self, path: str, **query: Any) -> Any:
        """Return what stands at a path; raises StepFailedError for anything but an answer."""
        return accepted(self.ask("GET", path, params=query)).json()

    def read(self, path: str) -> httpx2.Response:
        """Return the whole answer to a question, whatever its status."""
        return self.ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give a command under a new idempotency key and return its answer; raises StepFailedError."""
        return accepted(self.command(path, body)).json()

    def refused(self, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Give a command that must be refused and return the problem; raises StepFailedError when it is accepted."""
        return problem_of(self.command(path, body))

    def command(self, path: str, body: Mapping[str, Any] | None = None) -> httpx2.Response:
        """Give a command under a new idempotency key and return the whole answer."""
        return self.ask("POST", path, json=dict(body or {}), headers={"Idempotency-Key": uuid4().hex})

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change what stands at a path; raises StepFailedError."""
        return accepted(self.ask("PATCH", path, json=dict(body))).json()

    def upload(self, path: str, content: bytes) -> httpx2.Response:
        """Send a picture as the body itself."""
        headers = {"Content-Type": "image/jpeg", "Idempotency-Key": uuid4().hex}
        return self.ask("POST", path, content=content, headers=headers)

    def ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Send a request with the person's token and language."""
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Accept-Language": self._language,
            **request.pop("headers", {}),
        }
        return self._http.request(method, path, headers=headers, **request)

    def _token(self) -> str:
        session = self._session
        if session is None or session.until <= self._clock.now():
            self.hold(self._refreshed(session) or self._sign_in())
        assert self._session is not None  # noqa: S101 - hold has just set it
        return self._session.access

    def _refreshed(self, session: Session | None) -> Answer | None:
        if session is None or session.refresh is None:
            return None
        grant = {"grant_type": "refresh_token", "refresh_token": session.refresh}
        answer = self._http.post(TOKEN, json=grant)
        return dict(answer.json()) if answer.is_success else None


def accepted(answer: httpx2.Response) -> httpx2.Response:
    """Return an answer that is no refusal; raises StepFailedError."""
    if not answer.is_success:
        message = f"expected {answer.request.method} {answer.request.url.path} to be accepted; {_told(answer)}"
        raise StepFailedError(message)
    return answer


def problem_of(answer: httpx2.Response) -> Answer:
    """Return the problem of a refusal; raises StepFailedError for an answer that is none."""
    if not answer.is_client_error:
        message = f"expected {answer.request.method} {answer.request.url.path} to be refused; {_told(answer)}"
        raise StepFailedError(message)
    return dict(answer.json())


def code_of(problem: Answer) -> str:
    """Return the code of a problem, the last part of its type."""
    return str(problem.get("type", "")).rpartition("/")[2]


def _told(answer: httpx2.Response) -> str:
    return f"it was answered {answer.status_code}: {answer.text[:400]}"
