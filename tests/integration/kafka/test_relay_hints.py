"""A relay on PostgreSQL is woken by what other processes commit, and need not look often."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from shared.db.commits import giving_hints, taking_hints
from shared.db.store import open_store
from shared.messaging.kafka import beside
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.beside import RelayLoop
from shared.node import Node
from tests.containers.patience import until
from tests.containers.postgresql import server
from tests.integration.kafka.stage import Stage
from tests.stores import STORES

HOUR_S = 3600


@pytest.fixture(autouse=True)
def _on_server(monkeypatch: pytest.MonkeyPatch) -> None:
    server()
    monkeypatch.setattr(STORES, "kind", "postgresql")
    monkeypatch.setattr(beside, "POLL_S", HOUR_S)


@contextmanager
def relaying_elsewhere(node: Node, access: Access) -> Iterator[None]:
    """Relay the node's log while the block runs, over connections of another process."""
    store = open_store(node.store.engine.url)
    relay = RelayLoop(replace(node, store=store), access, "elsewhere")
    with taking_hints(store, relay.wake):
        relay.start()
        yield
        relay.stop()
    store.close()


def test_a_relay_that_looks_once_an_hour_sends_at_once_what_another_process_commits(stage: Stage) -> None:
    node = stage.pair.publisher.node
    with relaying_elsewhere(node, stage.broker.access), giving_hints(node.store):
        for count in (1, 2, 3):
            stage.tell_only(f"h{count}")

            until(lambda: not node.gauges()["unsent_events"])
