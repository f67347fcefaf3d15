"""Connections that rest are given back to the server, and none is used that the server is about to end."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import MetaData, text

from shared.db import server
from shared.db.commits import taking_hints
from shared.db.store import Store
from tests.containers.patience import until
from tests.containers.postgresql import Server
from tests.stores import STORES

SOON = {"idle_session_timeout": "50ms"}


@pytest.fixture
def store() -> Iterator[Store]:
    """Return a store whose connections the server ends as soon as they rest."""
    with pytest.MonkeyPatch.context() as patch:
        for limits in (server.WRITING, server.READING):
            for name, value in SOON.items():
                patch.setitem(limits, name, value)
        made = STORES.new("resting", MetaData())
    yield made
    made.close()


def process_of(store: Store) -> int:
    """Return the server's process that serves a transaction."""
    with store.write() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_what_many_at_once_have_opened_is_given_back_and_work_goes_on(on_server: Server, store: Store) -> None:
    with ExitStack() as at_once:
        for opened in (store.write, store.read, store.write):
            at_once.enter_context(opened()).execute(text("SELECT 1"))
        assert len(connections_of(on_server, store)) == 3

    until(lambda: not connections_of(on_server, store))

    assert process_of(store) > 0


def test_who_takes_hints_of_commits_may_rest(on_server: Server, store: Store) -> None:
    woken: list[int] = []
    with taking_hints(store, lambda: woken.append(1)):
        until(lambda: woken)
        [hinted] = connections_of(on_server, store)
        with store.write() as session:
            session.execute(text("SELECT 1"))
        until(lambda: connections_of(on_server, store) == [hinted])


def test_one_that_has_rested_for_long_is_left_before_the_server_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    resting = STORES.new("resting", MetaData())
    first, again = process_of(resting), process_of(resting)
    monkeypatch.setattr(server, "RESTED_MAX_S", 0)

    later = process_of(resting)
    with resting.read() as session:
        ended_after = session.scalar(text("SHOW idle_session_timeout"))
    resting.close()

    assert first == again != later
    assert ended_after == "1min"


def connections_of(on_server: Server, store: Store) -> list[int]:
    """Return the server's processes that serve the store."""
    return on_server.connections(str(store.engine.url.database))
