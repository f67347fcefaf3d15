"""Inserts that meet an existing row, and deletes that meet a locked one, the same on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_new(session: Session, table: Table) -> Any:
    """Return an INSERT that skips rows whose key is there already."""
    return _insert(session, table).on_conflict_do_nothing()


def upsert(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; one whose primary key is there already replaces what stands."""
    if not rows:
        return
    statement = _insert(session, table)
    keys = [column.name for column in table.primary_key]
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced), list(rows))


def delete_unlocked(session: Session, table: Table, old: ColumnElement[bool]) -> None:
    """Delete rows that are of no use any more; one that another transaction has locked is left for the next time.

    Nothing is waited for, so that tidying up takes part in no deadlock.
    """
    key = list(table.primary_key)
    free = select(*key).where(old).with_for_update(skip_locked=True)
    session.execute(delete(table).where(tuple_(*key).in_(free)))


def _insert(session: Session, table: Table) -> Any:
    on_server = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if on_server else sqlite.insert(table)
