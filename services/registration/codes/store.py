"""Every query on codes."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registration.codes import problems
from services.registration.codes.models import CodeRequest
from services.registration.secrets import same
from shared.db.locks import locked

KEPT_AFTER_EXPIRY = timedelta(days=1)


def add_request(session: Session, request: CodeRequest) -> None:
    """Keep a code, and forget those that expired a day ago."""
    session.execute(delete(CodeRequest).where(CodeRequest.expires_at < request.asked_at - KEPT_AFTER_EXPIRY))
    session.add(request)


def get_request(session: Session, request_id: str) -> CodeRequest:
    """Return a request for a code; raises CODE_UNKNOWN."""
    request = session.get(CodeRequest, request_id)
    if request is None:
        raise problems.CODE_UNKNOWN()
    return request


def is_code_of(session: Session, request_id: str, code_digest: str) -> bool:
    """Tell whether a code is the request's, or the request's message is withheld."""
    return same(get_request(session, request_id).code_digest, code_digest)


def take_try(session: Session, request_id: str, phone_digest: str, moment: datetime, *, last: bool = False) -> None:
    """Take one of a code's tries, or its last; raises the problem that keeps it from being compared."""
    request = _lock_open(session, request_id, phone_digest, moment)
    if request.tries_left == 0:
        raise problems.CODE_SPENT()
    request.tries_left = 0 if last else request.tries_left - 1


def use_code(session: Session, request_id: str, phone_digest: str, code_digest: str, moment: datetime) -> None:
    """Use a code up, a try having been taken for it; raises the problem that it has."""
    request = _lock_open(session, request_id, phone_digest, moment)
    if not same(request.code_digest, code_digest):
        raise problems.CODE_WRONG(tries_left=request.tries_left)
    request.used_at = moment


def forget_phone(session: Session, phone_digest: str) -> None:
    """Delete every code that was sent to a phone."""
    session.execute(delete(CodeRequest).where(CodeRequest.phone_digest == phone_digest))


def _lock_open(session: Session, request_id: str, phone_digest: str, moment: datetime) -> CodeRequest:
    wanted = select(CodeRequest).where(CodeRequest.id == request_id, CodeRequest.phone_digest == phone_digest)
    request = session.scalar(locked(wanted))
    if request is None:
        raise problems.CODE_UNKNOWN()
    if request.used_at is not None:
        raise problems.CODE_USED()
    if moment >= request.expires_at:
        raise problems.CODE_EXPIRED(expired_at=request.expires_at)
    return request
