"""Telling another process that a service has committed, on PostgreSQL: its relay need not wait for its next poll.

The hint is a transaction of its own, at most one in ten milliseconds: a NOTIFY inside the command's transaction would
make all commits of the database queue up.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from shared.db.store import Store

CHANNEL = "cheqi_committed"
APART_S = 0.01
LOOK_S = 1.0
RETRY_S = 1.0

log = structlog.get_logger(__name__)


class CommitHints:
    """Gives hints of a store's commits, or takes them, in a thread of its own until it is closed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._committed, self._ending = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def give(self) -> Callable[[], None]:
        """Begin to give hints; return what is to be called after each commit."""
        self._start(self._give)
        return self._committed.set

    def take(self, wake: Callable[[], None]) -> None:
        """Begin to take hints: `wake` is called for each, and whenever one may have been missed."""
        self._start(lambda: self._take(wake))

    def close(self) -> None:
        """End the thread."""
        self._ending.set()
        self._committed.set()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=lambda: self._again(work), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _again(self, work: Callable[[], None]) -> None:
        """Do the work until the end, on a new connection when the last one broke."""
        while not self._ending.is_set():
            try:
                work()
            except DBAPIError as error:
                log.warning("no commit hints", error=type(error).__name__)
                self._ending.wait(RETRY_S)

    @contextmanager
    def _lasting(self) -> Iterator[Connection]:
        """Open a connection that the server does not end, however long it rests."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("SET idle_session_timeout = 0")
            yield connection

    def _give(self) -> None:
        with self._lasting() as connection:
            while not self._ending.is_set():
                self._committed.wait()
                self._committed.clear()
                connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
                self._ending.wait(APART_S)

    def _take(self, wake: Callable[[], None]) -> None:
        with self._lasting() as connection:
            connection.execute(text(f"LISTEN {CHANNEL}"))
            wake()
            driver = cast(psycopg.Connection, connection.connection.driver_connection)
            while not self._ending.is_set():
                for _ in driver.notifies(timeout=LOOK_S, stop_after=1):
                    wake()


@contextmanager
def giving_hints(store: Store) -> Iterator[None]:
    """Tell whoever takes hints of each commit of a store while the block runs; SQLite has no way to."""
    if not can_hint(store):
        yield
        return
    hints = CommitHints(store.engine)
    store.on_commit = hints.give()
    try:
        yield
    finally:
        hints.close()


@contextmanager
def taking_hints(store: Store, wake: Callable[[], None]) -> Iterator[None]:
    """Let `wake` be called at each commit that other processes tell of while the block runs."""
    if not can_hint(store):
        yield
        return
    hints = CommitHints(store.engine)
    hints.take(wake)
    try:
        yield
    finally:
        hints.close()


def can_hint(store: Store) -> bool:
    """Tell whether processes on the same store can tell each other of commits."""
    return store.engine.dialect.name == "postgresql"
