"""Who takes part in a rehearsal, with tokens that the operator of the setup signs: nobody types codes for thousands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from shared.auth import Principal, Role
from shared.auth.tokens import AccessClaims, SigningKeys
from shared.clock import Clock
from shared.random import Random
from shared.secret_files import SecretFolder
from shared.web.client import LIMITS

ADMINISTRATOR = Principal("rehearsal", Role.ADMINISTRATOR)
ANSWER_WITHIN_S = 60.0


class UnexpectedAnswerError(RuntimeError):
    """A command of the rehearsal was answered with what no rider should see."""


@dataclass(frozen=True)
class Answer:
    """What a command was answered with; `problem` is the code of a refusal, empty when it was accepted."""

    body: dict[str, Any]
    problem: str


class Signer:
    """Signs access tokens with registration's keys."""

    def __init__(self, folder: SecretFolder, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._keys = SigningKeys.open(folder, random, clock.now())

    def token(self, principal: Principal) -> str:
        """Return a person's token of now."""
        return self._keys.sign(AccessClaims.for_person(principal, self._clock.now()))


class Voice:
    """Gives commands over HTTP for anybody, and counts how they were answered; each service has an address."""

    def __init__(self, address_of: Callable[[str], str], signer: Signer, count: Callable[[str], None]) -> None:
        self._http = httpx2.Client(timeout=ANSWER_WITHIN_S, limits=LIMITS, trust_env=False)
        self._address_of, self._signer, self._count = address_of, signer, count

    def give(self, principal: Principal, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Give one command; raises UnexpectedAnswerError unless it was accepted or refused for a stated reason."""
        headers = {**self._signed(principal), "Idempotency-Key": uuid4().hex}
        answer = self._http.post(self._url(path), json=body or {}, headers=headers)
        if answer.is_server_error or answer.status_code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.NOT_FOUND):
            message = f"POST /api/{path} was answered with {answer.status_code}: {answer.text[:300]}"
            raise UnexpectedAnswerError(message)
        found = dict(answer.json())
        problem = "" if answer.is_success else str(found["type"]).rpartition("/")[2]
        self._count(problem or "accepted")
        return Answer(found, problem)

    def must(self, principal: Principal, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Give one command that has to be accepted; raises UnexpectedAnswerError."""
        answer = self.give(principal, path, body)
        if answer.problem:
            message = f"POST /api/{path} was refused: {answer.problem}"
            raise UnexpectedAnswerError(message)
        return answer.body

    def read(self, principal: Principal, path: str) -> dict[str, Any]:
        """Return what somebody may see; raises UnexpectedAnswerError where that is nothing."""
        answer = self._http.get(self._url(path), headers=self._signed(principal))
        if not answer.is_success:
            message = f"GET /api/{path} was answered with {answer.status_code}: {answer.text[:300]}"
            raise UnexpectedAnswerError(message)
        return dict(answer.json())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _url(self, path: str) -> str:
        return f"{self._address_of(path.partition('/')[0])}/api/{path}"

    def _signed(self, principal: Principal) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._signer.token(principal)}"}


def staff_of(subdistrict: str) -> Principal:
    """Return somebody of a sub-district's staff."""
    return Principal(f"rehearsal-{subdistrict}", Role.SUBDISTRICT_STAFF, subdistrict)
