"""A second process of a service, as far as the database can tell: connections and sessions of its own."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL

from shared.db.server import reading_engine, writing_engine
from shared.db.store import Store
from shared.node import Node
from tests.harness import Bench


@contextmanager
def beside(bench: Bench, role: URL | None = None) -> Iterator[Bench]:
    """Yield the same service again on the same database, with connections of its own, as another role if given."""
    url = role or bench.store.engine.url
    other = copy.copy(bench)
    other.store = Store(writing_engine(url), reading_engine(url))
    other.node = Node(
        service=bench.service,
        store=other.store,
        keys=bench.keys,
        clock=bench.clock,
        random=bench.random,
        verifier=bench.node.verifier,
    )
    other.consumer = other.node.consumer()
    yield other
    other.store.close()
