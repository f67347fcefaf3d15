"""A service's own database: snapshots to read from, transactions to write in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import ORMExecuteState, Session

from shared.db.server import is_server, reading_engine, writing_engine

BUSY_TIMEOUT_S = 15
PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class _Session(Session):
    """A session that reads a row anew when it locks it: what it knew of the row may have changed meanwhile."""


@event.listens_for(_Session, "do_orm_execute")
def _read_anew(execution: ORMExecuteState) -> None:
    if getattr(execution.statement, "_for_update_arg", None) is not None:
        execution.update_execution_options(populate_existing=True)


class Store:
    """One service's database; snapshots may have an engine of their own.

    `on_commit` is called after every transaction that wrote, so that a relay need not wait for its next poll. `info`
    is what each of its sessions carries in its own `info`.
    """

    def __init__(self, engine: Engine, reader: Engine | None = None) -> None:
        self.engine = engine
        self.on_commit: Callable[[], None] = lambda: None
        self.info: dict[str, Any] = {}
        self._reader = reader or engine
        self._writer = engine.execution_options(writer=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a snapshot: what is read in it belongs together, and nothing is kept."""
        with _Session(self._reader, info=self.info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction: it commits when the block ends and leaves nothing behind when the block raises."""
        with _Session(self._writer, expire_on_commit=False, info=self.info) as session:
            yield session
            self.commit(session)
        self.on_commit()

    def commit(self, session: Session) -> None:
        """Commit; a place of its own so that a test can crash before or after it."""
        session.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._reader.dispose()


def open_store(url: str | URL, journal: str = "WAL") -> Store:
    """Open a database by its SQLAlchemy address; `journal` is the mode of an SQLite one."""
    address = make_url(url)
    if is_server(address):
        return Store(writing_engine(address), reading_engine(address))
    engine = create_engine(address)
    durable_sqlite(engine, journal)
    return Store(engine)


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{path}"


def durable_sqlite(engine: Engine, journal: str = "WAL") -> None:
    """Give an SQLite engine full durability, foreign keys, and transactions that say what they want at once.

    What is deleted is overwritten; under the journal mode DELETE no older copy of it is left in any file either.
    """

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_S}000", f"journal_mode={journal}", *PRAGMAS):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writer", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
