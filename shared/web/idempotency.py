"""Idempotency keys: a repeated command is recognised for ever, and answered as it was for a day."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from shared.db.upsert import insert_new
from shared.messaging import keys
from shared.messaging.tables import idempotency
from shared.web import kinds

ANSWER_KEPT = timedelta(hours=24)
FORGET_EVERY = timedelta(hours=1)
SAME = [column == bindparam(f"used_{column.name}") for column in idempotency.primary_key]
FIND = select(idempotency).where(*SAME)
SETTLE = update(idempotency).where(*SAME)


@dataclass(frozen=True)
class Claim:
    """One use of a key: by whom, on which route, with which request (address and body)."""

    principal: str
    route: str
    key: str
    request: bytes

    @property
    def row(self) -> dict[str, str]:
        """The columns that identify the use."""
        return {"principal": self.principal, "route": self.route, "key": self.key}


def claim(session: Session, used: Claim, now: datetime) -> Row[Any] | None:
    """Take the key for this transaction; return the earlier use where there is one, of the same request.

    Of two at once the second waits for the first: on SQLite for its turn to write, on PostgreSQL at this insert. The
    request's digest is keyed, for a body may hold a phone, which a plain one would let anybody try out. Raises
    KEY_REUSED.
    """
    fresh = {**used.row, "digest": _digest(session, used), "made": "", "status": 0, "answered_at": now}
    inserted = session.execute(insert_new(session, idempotency).returning(idempotency.c.key), fresh).all()
    return None if inserted else find(session, used)


def find(session: Session, used: Claim) -> Row[Any] | None:
    """Return the use of the key that is known, of the same request, without taking it; raises KEY_REUSED."""
    earlier = session.execute(FIND, _key_of(used)).one_or_none()
    if earlier is not None and earlier.digest != _digest(session, used):
        raise kinds.KEY_REUSED()
    return earlier


def settle(session: Session, used: Claim, made: str, *, status: int, answer: str) -> None:
    """Keep what the command made and how it was answered."""
    session.execute(SETTLE, {**_key_of(used), "made": made, "status": status, "answer": answer})


def forget_answers(session: Session, now: datetime, *, since: datetime | None = None) -> None:
    """Forget the answers that are older than a day, or that got so old since a moment; what was made stays known."""
    old = idempotency.c.answered_at < now - ANSWER_KEPT
    if since is not None:
        old &= idempotency.c.answered_at >= since - ANSWER_KEPT
    session.execute(update(idempotency).where(old, idempotency.c.answer.is_not(None)).values(answer=None))


def kept_answer(row: Row[Any], now: datetime) -> str | None:
    """Return the stored answer of an earlier use while it is kept."""
    answer: str | None = row.answer
    return answer if row.answered_at >= now - ANSWER_KEPT else None


class Forgetting:
    """Remembers up to when one process has forgotten old answers, so that it does so hourly and looks at few rows."""

    def __init__(self) -> None:
        self._upto: datetime | None = None

    def forget_when_due(self, open_transaction: Callable[[], AbstractContextManager[Session]], now: datetime) -> None:
        """Forget old answers in a transaction of its own, once an hour at most."""
        if self._upto is not None and now - self._upto < FORGET_EVERY:
            return
        with open_transaction() as session:
            forget_answers(session, now, since=self._upto)
        self._upto = now


def _digest(session: Session, used: Claim) -> str:
    return keys(session).digest(used.request)


def _key_of(used: Claim) -> dict[str, str]:
    return {f"used_{name}": value for name, value in used.row.items()}
