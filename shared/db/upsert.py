"""Inserts that meet an existing row, and deletes that meet a locked one, the same on both databases."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.locks import locked


def insert_new(session: Session, table: Table) -> Any:
    """Return an INSERT that skips rows whose key is there already."""
    return _inserting_new(_dialect(session), table)


def upsert(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; one whose primary key is there already replaces what stands."""
    if rows:
        session.execute(_upserting(_dialect(session), table, tuple(rows[0])), list(rows))


def keep_least(session: Session, table: Table, rows: Sequence[dict[str, Any]], name: str) -> None:
    """Insert the rows; where the primary key is there already, the lower value of the column named stands."""
    if rows:
        session.execute(_keeping_least(_dialect(session), table, name), list(rows))


def delete_unlocked(session: Session, table: Table, old: ColumnElement[bool]) -> None:
    """Delete rows that are of no use any more; one that another transaction has locked is left for the next time.

    Nothing is waited for, so that tidying up takes part in no deadlock.
    """
    key = list(table.primary_key)
    free = locked(select(*key).where(old), free_only=True)
    session.execute(delete(table).where(tuple_(*key).in_(free)))


@lru_cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    statement = _inserting(dialect, table)
    keys = [column.name for column in table.primary_key]
    replaced = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced)


@lru_cache
def _keeping_least(dialect: str, table: Table, name: str) -> Any:
    statement = _inserting(dialect, table)
    least = statement.excluded[name]
    keys = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(index_elements=keys, set_={name: least}, where=least < table.c[name])


@lru_cache
def _inserting_new(dialect: str, table: Table) -> Any:
    return _inserting(dialect, table).on_conflict_do_nothing()


def _inserting(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
