"""Where a copy of a store is put back: the whole store is the copy's, or it is what it was."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, MetaData, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from shared.db.copies import SQLITE_FILE, TABLE_SUFFIX, read_table
from shared.db.migrate import migrate_connection, migrate_to
from shared.db.server import lift_limits
from shared.db.store import open_store, sqlite_url
from shared.disk import sync
from shared.errors import ConfigurationError

OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
SERIALS = text(
    "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) AS name "
    "FROM information_schema.columns WHERE table_schema = 'public' "
    "AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
)
SQLITE_LOGS = ("-wal", "-shm", "-journal")
HOLDS_DATA = ("event_log", "archived_month", "mark")


@dataclass(frozen=True)
class Copy:
    """A copy of a service's store in a folder, and the migration that it stands at."""

    folder: Path
    package: str
    revision: str


class Target(Protocol):
    """One service's store as the place of a copy."""

    def is_empty(self) -> bool:
        """Tell whether nothing was ever told or heard in it."""
        ...

    def is_in_use(self) -> bool:
        """Tell whether anybody is connected to it."""
        ...

    def put_back(self, copy: Copy, finish: Callable[[Connection], None]) -> None:
        """Let the store be the copy, brought up to date and finished by `finish`; at any failure it is what it was."""
        ...


class FileTarget:
    """A SQLite file: the copy is made ready beside it and takes its name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_empty(self) -> bool:
        """Tell whether nothing was ever told or heard in it."""
        if not self._path.exists():
            return True
        with closing(open_store(sqlite_url(self._path))) as store, store.read() as session:
            return _holds_nothing(session.connection())

    def is_in_use(self) -> bool:
        """Tell whether anybody has the file open; where nobody has, what its write-ahead log held is in it now."""
        if not self._path.exists():
            return False
        engine = create_engine(sqlite_url(self._path))
        try:
            with engine.connect() as connection:
                # Whoever has the file open in WAL mode holds a lock that this cannot be done beside.
                connection.exec_driver_sql("PRAGMA busy_timeout=1000")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            return True
        finally:
            engine.dispose()
        return False

    def put_back(self, copy: Copy, finish: Callable[[Connection], None]) -> None:
        """Let the file be the copy; at any failure it is what it was."""
        draft = self._path.with_name(f".{self._path.name}.restored")
        _remove_logs(draft)
        draft.touch(mode=0o600)
        try:
            shutil.copyfile(copy.folder / SQLITE_FILE, draft)
            with (
                closing(open_store(sqlite_url(draft), journal="DELETE")) as store,
                store.engine.begin() as connection,
            ):
                migrate_connection(connection, copy.package)
                finish(connection)
            sync(draft)
            if self.is_in_use():
                message = f"{self._path} was opened by somebody meanwhile; stop what runs on it, then try again"
                raise ConfigurationError(message)
            # A log that outlived its file would be played into the copy: it must be gone before the copy has the name.
            _remove_logs(self._path)
            draft.replace(self._path)
            sync(self._path.parent)
        finally:
            draft.unlink(missing_ok=True)
            _remove_logs(draft)


class ServerTarget:
    """A PostgreSQL database: everything happens in one transaction."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def is_empty(self) -> bool:
        """Tell whether nothing was ever told or heard in it."""
        with closing(open_store(self._url)) as store, store.read() as session:
            return _holds_nothing(session.connection())

    def is_in_use(self) -> bool:
        """Tell whether anybody else is connected to the database."""
        with closing(open_store(self._url)) as store, store.read() as session:
            return bool(session.scalar(OTHERS))

    def put_back(self, copy: Copy, finish: Callable[[Connection], None]) -> None:
        """Let the database be the copy; at any failure it is what it was."""
        with closing(open_store(self._url)) as store, store.engine.begin() as connection:
            lift_limits(connection)
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            _drop_tables(connection)
            migrate_to(connection, copy.package, copy.revision)
            _fill(connection, copy.folder)
            migrate_connection(connection, copy.package)
            finish(connection)


def _remove_logs(path: Path) -> None:
    """Remove, on the disk too, what SQLite would play into a file that takes this name."""
    for suffix in SQLITE_LOGS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    sync(path.parent)


def _holds_nothing(connection: Connection) -> bool:
    known = set(inspect(connection).get_table_names())
    found = (connection.execute(text(f"SELECT 1 FROM {name} LIMIT 1")) for name in HOLDS_DATA if name in known)  # noqa: S608 - names of our own
    return all(rows.first() is None for rows in found)


def _drop_tables(connection: Connection) -> None:
    for table in inspect(connection).get_table_names():
        connection.execute(text(f'DROP TABLE "{table}" CASCADE'))


def _fill(connection: Connection, folder: Path) -> None:
    """Fill every table, those that others refer to first, and let each sequence go on above what is there."""
    made = MetaData()
    made.reflect(connection)
    names = [table.name for table in made.sorted_tables]
    connection.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in names)))
    for name in names:
        read_table(connection, name, folder / f"{name}{TABLE_SUFFIX}")
    for row in connection.execute(SERIALS).all():
        highest = f'SELECT max("{row.column_name}") FROM "{row.table_name}"'  # noqa: S608 - names that the database itself gave
        connection.execute(text(f"SELECT setval('{row.name}', ({highest})) WHERE ({highest}) IS NOT NULL"))
