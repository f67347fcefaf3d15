"""Idempotency keys: a repeated command is recognised for ever, and answered as it was for a day."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from shared.db.upsert import insert_new
from shared.messaging.tables import idempotency

ANSWER_KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Claim:
    """One use of a key: by whom, on which route, with which request."""

    principal: str
    route: str
    key: str
    digest: str

    @property
    def row(self) -> dict[str, str]:
        """The columns that identify the use."""
        return {"principal": self.principal, "route": self.route, "key": self.key}


def digest_of(path: str, body: bytes) -> str:
    """Return what tells one request from another under the same key."""
    return hashlib.sha256(path.encode() + b"\x00" + body).hexdigest()


def claim(session: Session, used: Claim, now: datetime) -> Row[Any] | None:
    """Take the key for this transaction; return the earlier use where there is one.

    Of two at once the second waits for the first: on SQLite for its turn to write, on PostgreSQL at this insert.
    """
    fresh = {**used.row, "digest": used.digest, "made": "", "status": 0, "answered_at": now}
    inserted = session.execute(insert_new(session, idempotency).values(fresh).returning(idempotency.c.key)).all()
    return None if inserted else session.execute(select(idempotency).where(*_same(used))).one()


def settle(session: Session, used: Claim, made: str, *, status: int, answer: str) -> None:
    """Keep what the command made and how it was answered."""
    session.execute(update(idempotency).where(*_same(used)).values(made=made, status=status, answer=answer))


def forget_answers(session: Session, now: datetime) -> None:
    """Forget the answers that are older than a day; what was made stays known for ever."""
    old = idempotency.c.answered_at < now - ANSWER_KEPT
    session.execute(update(idempotency).where(old, idempotency.c.answer.is_not(None)).values(answer=None))


def kept_answer(row: Row[Any], now: datetime) -> str | None:
    """Return the stored answer of an earlier use while it is kept."""
    answer: str | None = row.answer
    return answer if row.answered_at >= now - ANSWER_KEPT else None


def _same(used: Claim) -> tuple[Any, ...]:
    return tuple(idempotency.c[name] == value for name, value in used.row.items())
