"""A process hears of what another one commits, over a connection that may break."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import MetaData, text

from shared.db.commits import CHANNEL, giving_hints, taking_hints
from shared.db.store import Store, open_store
from tests.containers.patience import until
from tests.stores import STORES


class Woken:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.times = 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Count once more."""
        with self._lock:
            self.times += 1

    def wait_for_more(self, than: int) -> None:
        """Wait until it was woken more often than that."""
        until(lambda: self.times > than)


@contextmanager
def two_processes() -> Iterator[tuple[Store, Store, Woken]]:
    """Open one database twice: the first gives hints, the second takes them."""
    here, woken = STORES.new("hints", MetaData()), Woken()
    there = open_store(here.engine.url)
    with giving_hints(here), taking_hints(there, woken):
        woken.wait_for_more(than=0)
        yield here, there, woken
    there.close()
    here.close()


def commit(store: Store) -> None:
    """Commit a transaction."""
    with store.write() as session:
        session.execute(text("SELECT 1"))


def test_a_commit_of_one_process_wakes_another() -> None:
    with two_processes() as (here, _, woken):
        for _ in range(3):
            before = woken.times
            commit(here)
            woken.wait_for_more(than=before)


def test_hints_go_on_after_the_connections_were_ended() -> None:
    with two_processes() as (here, _, woken):
        before = woken.times
        with here.write() as session:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%' || :channel"
            session.execute(text(ended), {"channel": CHANNEL})
        woken.wait_for_more(than=before)

        before = woken.times
        commit(here)

        woken.wait_for_more(than=before)
