"""Statements over many rows at once, the same on both databases: one with arrays on PostgreSQL, one a row on SQLite."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, TypeVar, Union

from sqlalchemy import ColumnElement, Dialect, Table, any_, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S")
Row = Union[Mapping[str, Any], "DataclassInstance"]
"""A row's values by the names of its columns."""
OneOf = Callable[[Any, str], Any]
"""Gives the condition that a column is one of the texts of a named parameter."""


class _TextArray(UserDefinedType[Collection[str]]):
    """The type of a parameter that is many texts; PostgreSQL reads them from one literal."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the type's name."""
        return "TEXT[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - the hook's own signature
        """Write the literal here: the driver's own way to do it takes several times as long."""
        return _array


def _array(values: Collection[Any]) -> str:
    """Write texts, numbers, moments or truth values as the server reads an array of them."""
    if None in values:
        return "{" + ",".join(["NULL" if value is None else f'"{_escaped(str(value))}"' for value in values]) + "}"
    texts = list(map(str, values))
    joined = '","'.join(texts)
    if "\\" in joined or joined.count('"') > 2 * (len(texts) - 1):
        joined = '","'.join(map(_escaped, texts))
    return f'{{"{joined}"}}' if texts else "{}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def one_of(session: Session, column: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of many texts."""
    on_server = bindparam(None, values, type_=_TextArray())
    condition: ColumnElement[bool] = column == any_(on_server) if _on_server(session) else column.in_(values)
    return condition


def kept(build: Callable[[OneOf], S]) -> Callable[[Session], S]:
    """Keep a statement over many texts, one for each kind of database: building it takes longer than running it.

    What builds it is given how to say that a column is one of the texts of a parameter, which it names.
    """
    built: dict[bool, S] = {}

    def statement(session: Session) -> S:
        on_server = _on_server(session)
        if on_server not in built:
            built[on_server] = build(_one_of_array if on_server else _one_of_list)
        return built[on_server]

    return statement


def _one_of_array(column: Any, name: str) -> Any:
    return column == any_(bindparam(name, type_=_TextArray()))


def _one_of_list(column: Any, name: str) -> Any:
    return column.in_(bindparam(name, expanding=True))


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name the same columns."""
    _run(session, table, rows, _inserting)


def insert_new_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name the same columns, but those whose key is there already."""
    _run(session, table, rows, _inserting_new)


def update_rows(session: Session, table: Table, rows: Sequence[Row], names: Collection[str]) -> None:
    """Give rows, found by their primary key, the values that they have in the columns named."""
    keys = [column.name for column in table.primary_key]
    _run(session, table, rows, _updating, (*sorted(names), *keys))


Writer = Callable[[Dialect, Table, tuple[str, ...]], str]
"""Gives the statement whose parameters are those columns, in their order."""


def _run(session: Session, table: Table, rows: Sequence[Row], writer: Writer, names: Sequence[str] = ()) -> None:
    if not rows:
        return
    dialect = session.get_bind().dialect
    value_of: Any = itemgetter if isinstance(rows[0], Mapping) else attrgetter
    names = names or _names(rows[0])
    statement = writer(dialect, table, tuple(names))
    columns = [_bound(dialect, table, name, list(map(value_of(name), rows))) for name in names]
    parameters = tuple(map(_array, columns)) if _on_server(session) else list(zip(*columns, strict=True))
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
def _inserting(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(_quoted(dialect, names))
    return f"INSERT INTO {_quoted(dialect, [table.name])[0]} ({columns}) {_values(dialect, table, names)}"


@lru_cache
def _inserting_new(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    return f"{_inserting(dialect, table, names)} ON CONFLICT DO NOTHING"


@lru_cache
def _updating(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    """Return an update by the primary key, whose columns stand last."""
    split = len(names) - len(table.primary_key)
    (target,), values, keys = (_quoted(dialect, part) for part in ([table.name], names[:split], names[split:]))
    if dialect.name != "postgresql":
        settings, found = (
            word.join(f"{name} = ?" for name in part) for word, part in ((", ", values), (" AND ", keys))
        )
        return f"UPDATE {target} SET {settings} WHERE {found}"  # noqa: S608 - names of a table's columns
    settings = ", ".join(f"{name} = given.{name}" for name in values)
    found = " AND ".join(f"{target}.{name} = given.{name}" for name in keys)
    given = f"unnest({_arrays(dialect, table, names)}) AS given ({', '.join((*values, *keys))})"
    return f"UPDATE {target} SET {settings} FROM {given} WHERE {found}"  # noqa: S608 - the same


def _names(row: Row) -> tuple[str, ...]:
    return tuple(row) if isinstance(row, Mapping) else tuple(field.name for field in fields(row))


def _values(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    if dialect.name != "postgresql":
        return f"VALUES ({', '.join('?' for _ in names)})"
    return f"SELECT * FROM unnest({_arrays(dialect, table, names)})"  # noqa: S608 - the same


def _arrays(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    return ", ".join(f"%s::{table.c[name].type.compile(dialect)}[]" for name in names)


def _quoted(dialect: Dialect, names: Sequence[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]
