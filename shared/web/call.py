"""What a route has of its request: who calls, in which language, and one transaction to answer from."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.auth import OFFICES, Principal, authorize, office_of
from shared.clock import local_day
from shared.errors import FORBIDDEN, UNAUTHORISED
from shared.messaging.cause import Cause, of_command
from shared.offices import OFFICE_ENDED, has_left
from shared.tracing import HEADER, TraceContext
from shared.web import idempotency, kinds, openapi
from shared.web.host import Host
from shared.web.idempotency import Claim
from shared.web.language import Language, choose_language
from shared.web.problems import is_json

ANONYMOUS = "anonymous"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
PersonToken = Annotated[
    HTTPAuthorizationCredentials | None, Depends(HTTPBearer(scheme_name=openapi.PERSON, auto_error=False))
]
ServiceToken = Annotated[
    HTTPAuthorizationCredentials | None, Depends(HTTPBearer(scheme_name=openapi.SERVICE, auto_error=False))
]
KEY_FORM = re.compile(r"[A-Za-z0-9._:\-]{1,100}")
T = TypeVar("T")
Command = Callable[[Session], str]
Show = Callable[[Session, str], BaseModel]


@dataclass(frozen=True)
class Call:
    """One request to one service."""

    host: Host
    request: Request
    body: bytes
    caller: Principal | None

    @property
    def principal(self) -> Principal:
        """Who calls; raises UNAUTHORISED where nobody is signed in."""
        if self.caller is None:
            raise UNAUTHORISED()
        return self.caller

    @property
    def language(self) -> Language:
        """The language that the caller prefers."""
        return choose_language(self.request.headers.get("accept-language"))

    @property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.host.clock.now()

    @property
    def client(self) -> str:
        """The address that the request came from."""
        return self.request.client.host if self.request.client else "unknown"

    @property
    def ports(self) -> Any:
        """What the service was given from outside when it was built."""
        return self.host.service.ports

    def read(self, query: Callable[[Session], T]) -> T:
        """Answer from a snapshot."""
        with self.host.snapshot() as session:
            self._refuse_former(session)
            return query(session)

    def once(self, command: Command, show: Show, status: int = 201) -> Response:
        """Obey a command once per Idempotency-Key, and show what it made.

        Command, key and events are one transaction. A repeat gets the stored answer, after a day what `show` says then;
        another request under the same key is refused, and one of staff who serve another sub-district by now is another
        one. What `show` returns holds nothing personal: it is stored.
        """
        now = self.now
        used, cause = self._claim(), self._cause(now)
        self.host.forgetting.forget_when_due(lambda: self.host.transaction(cause), now)
        with self.host.transaction(cause) as session:
            self._refuse_former(session)
            earlier = idempotency.claim(session, used, now)
            if earlier is None:
                made = command(session)
                session.flush()
                answer = show(session, made).model_dump_json()
                idempotency.settle(session, used, made, status=status, answer=answer)
                return _json(answer, status)
            return self._answered_before(session, earlier, show, now)

    def repeat(self, show: Show) -> Response | None:
        """Answer a command that was obeyed before as `once` would, from a snapshot; None where the key is new.

        A route asks this before what is costly and has to be done before the transaction begins.
        """
        used = self._claim()
        with self.host.snapshot() as session:
            self._refuse_former(session)
            earlier = idempotency.find(session, used)
            return None if earlier is None else self._answered_before(session, earlier, show, self.now)

    def act(self, command: Command, show: Show, status: int = 200, *, alone: bool = False) -> Response:
        """Obey a command that is harmless by repetition, and show what it made; one that erases a rider runs alone."""
        with self.host.transaction(self._cause(self.now), alone=alone) as session:
            self._refuse_former(session)
            made = command(session)
            session.flush()
            answer = show(session, made).model_dump_json()
        return _json(answer, status)

    def _refuse_former(self, session: Session) -> None:
        """Refuse staff whose office is known to have ended, in the transaction of whatever they ask."""
        caller = self.caller
        if caller is None or caller.role not in OFFICES:
            return
        if has_left(self.host.service.offices(session, caller), local_day(self.now)):
            raise OFFICE_ENDED()

    def _answered_before(self, session: Session, earlier: Row[Any], show: Show, now: datetime) -> Response:
        answer = idempotency.kept_answer(earlier, now) or self._read_now(show(session, earlier.made))
        return _json(answer, earlier.status, {"Idempotency-Replayed": "true"})

    def _read_now(self, view: BaseModel) -> str:
        """Return what stands now of what was made, unless it belongs to a sub-district that the caller does not serve.

        Role and owner need no other look: both are in the key's scope, and the command has asked for them.
        """
        place = getattr(view, "subdistrict", None)
        if self.caller is not None:
            authorize(self.caller, {self.caller.role}, subdistrict=place, hidden=kinds.MADE_ELSEWHERE())
        return view.model_dump_json()

    def _claim(self) -> Claim:
        key = self.request.headers.get("idempotency-key", "")
        if not KEY_FORM.fullmatch(key):
            raise kinds.KEY_MISSING()
        route = getattr(self.request.scope.get("route"), "path", self.request.url.path)
        url, office = self.request.url, office_of(self.caller)
        request = f"{url.path}?{url.query}\x00{office}\x00".encode() + self.body
        return Claim(self._actor, f"{self.request.method} {route}", key, request)

    @property
    def _actor(self) -> str:
        return self.caller.actor if self.caller else ANONYMOUS

    def _cause(self, now: datetime) -> Cause:
        state = self.request.state
        return of_command(
            time=now,
            actor=self._actor,
            request_id=state.request_id,
            traceparent=str(state.span.context),
            random=self.host.random,
        )


def _json(answer: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(answer, status, headers=headers, media_type="application/json")


async def _body(request: Request) -> bytes:
    body = await request.body()
    if is_json(request) and (NUL.search(body) or not json.detect_encoding(body).startswith("utf-8")):
        raise kinds.NUL_CHARACTER()
    return body


async def _open_call(request: Request, body: Annotated[bytes, Depends(_body)]) -> Call:
    return Call(request.app.state.host, request, body, None)


def _person(request: Request, token: PersonToken) -> Principal:
    if token is None:
        raise UNAUTHORISED()
    host: Host = request.app.state.host
    caller = host.verifier.person(token.credentials)
    request.state.person = caller.actor
    return caller


async def _signed_in_call(
    request: Request, caller: Annotated[Principal, Depends(_person)], body: Annotated[bytes, Depends(_body)]
) -> Call:
    """Return the call of a person; whose token is not good has no large body read, as a token is asked for first."""
    return Call(request.app.state.host, request, body, caller)


def ServiceCaller(scope: str) -> Any:  # noqa: N802 - stands in annotations like the other two
    """Return the dependency of a route for services whose token has the scope."""

    def service_call(call: Annotated[Call, Depends(_open_call)], token: ServiceToken) -> Call:
        if token is None:
            raise UNAUTHORISED()
        principal = call.host.verifier.service(token.credentials)
        if scope not in principal.scopes:
            raise FORBIDDEN(scope=scope)
        if (asking := TraceContext.parse(call.request.headers.get(HEADER))) is not None:
            call.request.state.span.follow(asking)
        return replace(call, caller=principal)

    return Depends(service_call)


OpenCaller = Annotated[Call, Depends(_open_call)]
Caller = Annotated[Call, Depends(_signed_in_call)]
