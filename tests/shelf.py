"""Stores of tests in SQLite files: each begins as a copy of an empty one, on engines that served another before.

What SQLAlchemy has compiled for engines then serves test after test, and no table is made twice in a process.
"""

import atexit
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Engine, MetaData, make_url
from sqlalchemy.orm import Session

from shared.db.sqlite import sqlite_engines
from shared.db.store import Store, open_store, sqlite_url

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is this process's own
"""Where Linux keeps files that need not outlive the machine: none of these stores does."""
ROOM = 2**30
Tables = tuple[MetaData, ...]
Engines = tuple[Engine, Engine]


class ShelvedStore(Store):
    """A store whose engines are free for the next one when it is closed."""

    def __init__(self, engines: Engines, free: list[Engines]) -> None:
        super().__init__(*engines)
        self._free, self._is_open = free, True

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a snapshot; raises where its engines serve another test by now."""
        self._refuse_closed()
        with super().read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction; raises where its engines serve another test by now."""
        self._refuse_closed()
        with super().write() as session:
            yield session

    def _refuse_closed(self) -> None:
        if not self._is_open:
            message = "this store was closed: what goes on using it would meet another test's rows"
            raise RuntimeError(message)

    def close(self) -> None:
        """Close every connection, and give the engines back once."""
        super().close()
        if self._is_open:
            self._is_open = False
            self._free.append((self.engine, self.reader))


class Shelf:
    """The files and engines of one process."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._numbers = count()
        self._empty: dict[Tables, bytes] = {}
        self._free: defaultdict[Tables, list[Engines]] = defaultdict(list)

    def take(self, name: str, *tables: MetaData) -> Store:
        """Return an empty store with these tables."""
        free = self._free[tables]
        engines = free.pop() if free else sqlite_engines(make_url(sqlite_url(self._new_path(name))))
        path = Path(str(engines[0].url.database))
        for left in path.parent.glob("*"):
            left.unlink()
        path.write_bytes(self._empty_file(tables))
        return ShelvedStore(engines, free)

    def _empty_file(self, tables: Sequence[MetaData]) -> bytes:
        key = tuple(tables)
        if key not in self._empty:
            path = self._new_path("empty")
            store = open_store(sqlite_url(path))
            for metadata in tables:
                metadata.create_all(store.engine)
            store.close()
            self._empty[key] = path.read_bytes()
        return self._empty[key]

    def _new_path(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="cheqi-stores-", dir=_place()))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder / f"{name}.db"


def _place() -> Path | None:
    """Return the folder in memory where there is one with room, None for the usual one on the disk."""
    has_room = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if has_room else None
