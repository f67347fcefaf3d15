"""A service's own database: snapshots to read from, transactions to write in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.orm import Session

from shared.db.server import is_server, reading_engine, writing_engine
from shared.db.sqlite import sqlite_engines


class Store:
    """One service's database: an engine of transactions that write, and one of snapshots.

    `on_commit` is called after every transaction that wrote, so that a relay need not wait for its next poll. `info`
    is what each of its sessions carries in its own `info`.
    """

    def __init__(self, engine: Engine, reader: Engine) -> None:
        self.engine, self.reader = engine, reader
        self.on_commit: Callable[[], None] = lambda: None
        self.info: dict[str, Any] = {}

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a snapshot: what is read in it belongs together, and nothing is kept."""
        with Session(self.reader, info=self.info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction: it commits when the block ends and leaves nothing behind when the block raises."""
        with Session(self.engine, expire_on_commit=False, info=self.info) as session:
            yield session
            self.commit(session)
        self.on_commit()

    def commit(self, session: Session) -> None:
        """Commit; a place of its own so that a test can crash before or after it."""
        session.commit()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self.reader.dispose()


def open_store(url: str | URL, journal: str = "WAL") -> Store:
    """Open a database by its SQLAlchemy address; `journal` is the mode of an SQLite one."""
    address = make_url(url)
    if is_server(address):
        return Store(writing_engine(address), reading_engine(address))
    return Store(*sqlite_engines(address, journal))


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{path}"
