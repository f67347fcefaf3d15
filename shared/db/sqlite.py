"""Engines on an SQLite file: what is committed is on the disk, and a transaction says at once whether it writes.

How a transaction begins belongs to the dialect: listening for it would let SQLAlchemy look for listeners at every
statement.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import PoolProxiedConnection

BUSY_TIMEOUT_S = 15
PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Writing(SQLiteDialect_pysqlite):
    """Begins a transaction with the lock of those who write, so that none meets another in its midst."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction."""
        dbapi_connection.cursor().execute("BEGIN IMMEDIATE")


class Reading(SQLiteDialect_pysqlite):
    """Begins a transaction that sees one moment, and holds up nobody."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction."""
        dbapi_connection.cursor().execute("BEGIN")


for dialect in (Writing, Reading):
    registry.register(f"sqlite.{dialect.__name__.lower()}", __name__, dialect.__name__)


def sqlite_engines(url: URL, journal: str = "WAL", chosen: Mapping[str, Any] | None = None) -> tuple[Engine, Engine]:
    """Return the engine of transactions that write and that of snapshots; `chosen` goes to `create_engine`.

    What is deleted is overwritten; under the journal mode DELETE no older copy of it is left in any file either.
    """
    writing, reading = (
        create_engine(url.set(drivername=f"sqlite+{dialect.__name__.lower()}"), **(chosen or {}))
        for dialect in (Writing, Reading)
    )
    for engine in (writing, reading):
        _settle(engine, journal)
    return writing, reading


def _settle(engine: Engine, journal: str) -> None:
    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_S}000", f"journal_mode={journal}", *PRAGMAS):
            connection.execute(f"PRAGMA {pragma}").close()
