"""Pages of lists: a cursor that survives new rows, and a count that is true."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.web import kinds

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
V = TypeVar("V")
R = TypeVar("R")


class Page(BaseModel, Generic[V]):
    """Some of a list: `total` counts all of it, `next` is the cursor of what follows, None at its end."""

    items: list[V]
    total: int
    next: str | None = None


class Position(BaseModel):
    """Where in a list a page begins, and how much of it is wanted."""

    after: str | None
    limit: int


async def _position(
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT,
) -> Position:
    return Position(after=None if cursor is None else _opened(cursor), limit=limit)


Cursor = Annotated[Position, Depends(_position)]


def page_of(
    session: Session,
    wanted: Select[R],
    *,
    key: InstrumentedAttribute[Any],
    cursor: Position,
    view: Callable[[R], V],
) -> Page[V]:
    """Return a page of a query, the largest key (the newest id) first.

    `key` is a unique text column of what is listed. Raises the problem bad-cursor.
    """
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    rest = wanted if cursor.after is None else wanted.where(key < cursor.after)
    rows = list(session.scalars(rest.order_by(None).order_by(key.desc()).limit(cursor.limit + 1)))
    shown = rows[: cursor.limit]
    following = _closed(str(getattr(shown[-1], key.key))) if len(rows) > len(shown) else None
    return Page(items=[view(row) for row in shown], total=total, next=following)


def _closed(key: str) -> str:
    return base64.urlsafe_b64encode(f"k:{key}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise kinds.BAD_CURSOR() from error
    if not text.startswith("k:") or "\x00" in text:
        raise kinds.BAD_CURSOR()
    return text.removeprefix("k:")
