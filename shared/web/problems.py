"""Refusals as RFC 9457 problems, and what every other exception is answered with."""

import errno
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY

from shared.clock import SHANGHAI
from shared.errors import ProblemKind, Refusal
from shared.messaging.failures import Failure, kind_of
from shared.web import kinds
from shared.web.fields import field_problem
from shared.web.language import NOUNS_ZH, Language, choose_language

TYPE_ROOT = "https://cheqi.cn/problems"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
PASSING = (429, 503)
OF_STATUS = {401: {"WWW-Authenticate": "Bearer"}, 408: {"Connection": "close"}}
ERRORS_MAX = 20
BY_STATUS = {
    400: kinds.BAD_JSON,
    404: kinds.NO_SUCH_ROUTE,
    405: kinds.METHOD_NOT_ALLOWED,
    408: kinds.BODY_TOO_SLOW,
    429: kinds.LARGE_BODY_IN_HAND,
    503: kinds.BODIES_IN_HAND,
}
"""Of the exceptions that the framework, or what stands around its reading of bodies, raises for a status alone."""
OWN_WORDS = "too_large"
R = TypeVar("R", bound=Callable[..., Any])
FULL_ON_POSTGRESQL, FULL_ON_SQLITE = "53100", "disk is full"


def answer_problems(app: FastAPI) -> None:
    """Let an application answer every exception with a problem."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_status)
    app.add_exception_handler(DBAPIError, _of_database)
    app.add_exception_handler(NoConnectionFreeError, _of_busy_store)
    app.add_exception_handler(OSError, _of_system)
    app.add_exception_handler(Exception, _unexpected)


def problem(request: Request, kind: ProblemKind, facts: dict[str, Any]) -> Response:
    """Return a problem in the caller's language; its facts stand beside the texts that they fill."""
    language = choose_language(request.headers.get("accept-language"))
    chinese = language == "zh-CN"
    known = {"request_id": _request_id(request), **facts}
    told = {name: _told(value, language) for name, value in known.items()}
    if chinese and "kind" in told:
        told["kind"] = NOUNS_ZH.get(told["kind"], told["kind"])
    detail = (kind.detail_zh if chinese else kind.detail_en).format(**told)
    body = {
        "type": f"{TYPE_ROOT}/{kind.code}",
        "title": kind.title_zh if chinese else kind.title_en,
        "status": kind.status,
        "detail": detail,
        "instance": f"urn:request:{_request_id(request)}",
        **{name: _plain(value) for name, value in facts.items()},
    }
    headers = {"Content-Language": language, **_waiting(kind, facts)}
    content = json.dumps(body, ensure_ascii=False)
    return Response(content, kind.status, headers=headers, media_type=MEDIA_TYPE)


def told_too_large(kind: ProblemKind) -> Callable[[R], R]:
    """Let a route answer a body over its limit in words of its own."""

    def mark(route: R) -> R:
        setattr(route, OWN_WORDS, kind)
        return route

    return mark


def too_large(request: Request) -> Response:
    """Return the problem of a body over its route's limit, in the route's own words where it has some."""
    kind = getattr(request.scope.get("endpoint"), OWN_WORDS, kinds.BODY_TOO_LARGE)
    return problem(request, kind, {"limit_kb": request.scope[MAX_BODY_SIZE_SCOPE_KEY] // 1024})


def _waiting(kind: ProblemKind, facts: dict[str, Any]) -> dict[str, str]:
    if "retry_after_s" in facts or kind.status in PASSING:
        return {"Retry-After": str(facts.get("retry_after_s", RETRY_AFTER_S))}
    return OF_STATUS.get(kind.status, {})


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", "unknown"))


def _told(value: Any, language: Language) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if language == "zh-CN" else ", ").join(str(item) for item in value)
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | int | float | bool | list | dict | None):
        return value
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class only
    return problem(request, error.kind, error.facts)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = error.errors()[:ERRORS_MAX]
    if any(one["type"] == "json_invalid" for one in found):
        return problem(request, kinds.BAD_JSON, {})
    if any(one["loc"] == ("body",) and one["type"] == "model_attributes_type" for one in found) and not is_json(
        request
    ):
        return problem(request, kinds.NOT_JSON, {})
    language = choose_language(request.headers.get("accept-language"))
    errors = [field_problem(one, language) for one in found]
    return problem(request, kinds.INVALID_REQUEST, {"count": len(errors), "errors": errors})


def is_json(request: Request) -> bool:
    """Tell whether a request says that its body is JSON."""
    return "json" in request.headers.get("content-type", "").lower()


async def _of_status(request: Request, error: Exception) -> Response:
    """Answer at once, waiting for no thread: until then others are refused for the body that is refused here."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == kinds.BODY_TOO_LARGE.status:
        return too_large(request)
    return problem(request, BY_STATUS.get(error.status_code, kinds.REFUSED), {})


def _of_database(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)  # noqa: S101 - registered for this class only
    if getattr(error.orig, "sqlstate", None) == FULL_ON_POSTGRESQL or FULL_ON_SQLITE in str(error.orig):
        return problem(request, kinds.STORAGE_FULL, {})
    if kind_of(error) is Failure.TRANSIENT:
        return problem(request, kinds.BUSY, {})
    raise error


def _of_busy_store(request: Request, _error: Exception) -> Response:
    return problem(request, kinds.BUSY, {})


def _of_system(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)  # noqa: S101 - registered for this class only
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return problem(request, kinds.STORAGE_FULL, {})
    raise error


def _unexpected(request: Request, _error: Exception) -> Response:
    return problem(request, kinds.UNEXPECTED, {"request_id": _request_id(request)})
