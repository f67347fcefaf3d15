"""A service's own database: snapshots to read from, transactions to write in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

BUSY_TIMEOUT_S = 15
PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Store:
    """One service's database.

    `on_commit` is called after every transaction that wrote, so that a relay need not wait for its next poll. `info`
    is what each of its sessions carries in its own `info`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.on_commit: Callable[[], None] = lambda: None
        self.info: dict[str, Any] = {}
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ") if self._is_server else engine
        self._writer = engine if self._is_server else engine.execution_options(writer=True)

    @property
    def _is_server(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a snapshot: what is read in it belongs together, and nothing is kept."""
        with Session(self._reader, info=self.info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction: it commits when the block ends and leaves nothing behind when the block raises."""
        with Session(self._writer, expire_on_commit=False, info=self.info) as session:
            yield session
            self.commit(session)
        self.on_commit()

    def commit(self, session: Session) -> None:
        """Commit; a place of its own so that a test can crash before or after it."""
        session.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str, journal: str = "WAL") -> Store:
    """Open a database by its SQLAlchemy address; `journal` is the mode of an SQLite one."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
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
