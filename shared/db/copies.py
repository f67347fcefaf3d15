"""Copies of whole stores: all of one moment, written to files while others go on writing."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from shared.db.server import lift_limits
from shared.db.store import Store
from shared.errors import ConfigurationError

SQLITE_FILE = "store.db"
TABLE_SUFFIX = ".copy"
TRIES, PAUSE_S = 30, 0.2
STILL = ("SET LOCAL lock_timeout = '1s'", "LOCK TABLE event_log, mark IN SHARE MODE")
READ_BYTES = 1 << 20
BUSY = "a store cannot be held still: somebody has been writing in it for long; see what that is, then run it again"


class StoresBusyError(ConfigurationError):
    """Somebody writes in a store without a pause."""


class Snapshot:
    """A store as it was at one moment, for as long as it is held."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = sorted(inspect(connection).get_table_names())

    def write(self, folder: Path) -> None:
        """Write the whole store into a folder: one file on SQLite, one of each table on PostgreSQL."""
        if self.connection.dialect.name == "sqlite":
            _write_file(self.connection, folder / SQLITE_FILE)
            return
        for table in self.tables:
            _write_table(self.connection, table, folder / f"{table}{TABLE_SUFFIX}")

    def count_rows(self) -> dict[str, int]:
        """Return how many rows each table has."""
        counts = {table: self.connection.execute(text(f'SELECT count(*) FROM "{table}"')) for table in self.tables}  # noqa: S608 - names that the database itself gave
        return {table: int(found.scalar_one()) for table, found in counts.items()}


@contextmanager
def snapshots_of_one_moment(stores: Mapping[str, Store]) -> Iterator[dict[str, Snapshot]]:
    """Hold a snapshot of each store; nothing commits in any of them between the first and the last.

    So no store has heard what the log of another does not hold. Whoever wants to commit meanwhile waits, for
    milliseconds. Raises StoresBusyError where that cannot be had for half a minute.
    """
    with ExitStack() as held:
        with _still(list(stores.values())):
            snapshots = {name: Snapshot(held.enter_context(_reading(store))) for name, store in stores.items()}
        yield snapshots


def driver_of(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.driver_connection


def _still(stores: list[Store]) -> ExitStack:
    """Hold every store still; whoever is in the way of one is waited for while none is held."""
    for left in range(TRIES, 0, -1):
        with ExitStack() as holding:
            try:
                for store in stores:
                    holding.enter_context(_no_commit(store))
                return holding.pop_all()
            except OperationalError as error:
                if not _is_busy(error):
                    raise
                if left == 1:
                    raise StoresBusyError(BUSY) from error
        time.sleep(PAUSE_S)
    raise AssertionError


def _is_busy(error: OperationalError) -> bool:
    return isinstance(error.orig, psycopg.errors.LockNotAvailable) or "locked" in str(error.orig)


@contextmanager
def _no_commit(store: Store) -> Iterator[None]:
    """Let nobody write events or marks in a store; a transaction on SQLite that may write lets nobody anyhow."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for statement in STILL:
                connection.execute(text(statement))
        yield


@contextmanager
def _reading(store: Store) -> Iterator[Connection]:
    with store.read() as session:
        connection = session.connection()
        lift_limits(connection)
        yield connection


def _write_file(connection: Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        driver_of(connection).backup(copy)


def _write_table(connection: Connection, table: str, path: Path) -> None:
    statement = sql.SQL("COPY {} TO STDOUT (HEADER)").format(sql.Identifier(table))
    driver = cast(psycopg.Connection[Any], driver_of(connection))
    with path.open("wb") as file, driver.cursor() as cursor, cursor.copy(statement) as rows:
        for part in rows:
            file.write(part)


def read_table(connection: Connection, table: str, path: Path) -> None:
    """Fill a table on PostgreSQL from its file, whose columns must be those of the table."""
    statement = sql.SQL("COPY {} FROM STDIN (HEADER MATCH)").format(sql.Identifier(table))
    driver = cast(psycopg.Connection[Any], driver_of(connection))
    with path.open("rb") as file, driver.cursor() as cursor, cursor.copy(statement) as rows:
        while part := file.read(READ_BYTES):
            rows.write(part)
