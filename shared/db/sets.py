"""Statements over many rows at once, the same on both databases: one with arrays on PostgreSQL, one a row on SQLite."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Union

from sqlalchemy import ColumnElement, Dialect, Table, any_, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = Union[Mapping[str, Any], "DataclassInstance"]
"""A row's values by the names of its columns."""


class _TextArray(UserDefinedType[Collection[str]]):
    """The type of a parameter that is many texts; PostgreSQL reads them from one literal."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the type's name."""
        return "TEXT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - the hook's own signature
        """Write the literal here: the driver's own way to do it takes several times as long."""
        return _literal


def _literal(texts: Collection[str]) -> str:
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join([f'"{text}"' for text in escaped]) + "}"


def one_of(session: Session, column: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many texts."""
    on_server = bindparam(None, values, type_=_TextArray())
    condition: ColumnElement[bool] = column == any_(on_server) if _on_server(session) else column.in_(values)
    return condition


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name the same columns."""
    _run(session, table, rows, _inserting)


def insert_new_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name the same columns, but those whose key is there already."""
    _run(session, table, rows, _inserting_new)


def update_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Give rows, found by their primary key, the other columns that each row names."""
    _run(session, table, rows, _updating)


Writer = Callable[[Dialect, Table, tuple[str, ...]], tuple[str, tuple[str, ...]]]
"""Gives a statement, and the columns in the order of its parameters."""


def _run(session: Session, table: Table, rows: Sequence[Row], writer: Writer) -> None:
    if not rows:
        return
    dialect = session.get_bind().dialect
    named = tuple(rows[0]) if isinstance(rows[0], Mapping) else tuple(field.name for field in fields(rows[0]))
    value_of: Any = itemgetter if isinstance(rows[0], Mapping) else attrgetter
    statement, names = writer(dialect, table, named)
    columns = [_bound(dialect, table, name, list(map(value_of(name), rows))) for name in names]
    parameters = tuple(columns) if _on_server(session) else list(zip(*columns, strict=True))
    session.connection().exec_driver_sql(statement, parameters)


def _bound(dialect: Dialect, table: Table, name: str, values: list[Any]) -> list[Any]:
    """Return a column's values as the driver takes them."""
    convert = _converter(dialect, table, name)
    return values if convert is None else [convert(value) for value in values]


@lru_cache
def _converter(dialect: Dialect, table: Table, name: str) -> Callable[[Any], Any] | None:
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _on_server(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


@lru_cache
def _inserting(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    columns = ", ".join(_quoted(dialect, names))
    return f"INSERT INTO {_quoted(dialect, [table.name])[0]} ({columns}) {_values(dialect, table, names)}", names


@lru_cache
def _inserting_new(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    # SQLite takes ON after SELECT for a join, and after VALUES for what it is.
    statement, order = _inserting(dialect, table, names)
    return f"{statement} ON CONFLICT DO NOTHING", order


@lru_cache
def _updating(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    keys = tuple(column.name for column in table.primary_key)
    values = tuple(name for name in names if name not in keys)
    (target,) = _quoted(dialect, [table.name])
    if dialect.name != "postgresql":
        settings = ", ".join(f"{name} = ?" for name in _quoted(dialect, values))
        found = " AND ".join(f"{name} = ?" for name in _quoted(dialect, keys))
        return f"UPDATE {target} SET {settings} WHERE {found}", (*values, *keys)  # noqa: S608 - names of a table's columns
    given = ", ".join(_quoted(dialect, (*values, *keys)))
    settings = ", ".join(f"{name} = given.{name}" for name in _quoted(dialect, values))
    found = " AND ".join(f"{target}.{name} = given.{name}" for name in _quoted(dialect, keys))
    arrays = _arrays(dialect, table, (*values, *keys))
    return f"UPDATE {target} SET {settings} FROM unnest({arrays}) AS given ({given}) WHERE {found}", (*values, *keys)  # noqa: S608 - the same


def _values(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    if dialect.name != "postgresql":
        return f"VALUES ({', '.join('?' for _ in names)})"
    return f"SELECT * FROM unnest({_arrays(dialect, table, names)})"  # noqa: S608 - the same


def _arrays(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    return ", ".join(f"%b::{table.c[name].type.compile(dialect)}[]" for name in names)


def _quoted(dialect: Dialect, names: Sequence[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]
