"""The servers that benchmarks run on: one Kafka broker and one PostgreSQL server, in containers that are removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.containers.kafka import Broker
from tests.containers.postgresql import Server

DURABLE = "-c shared_buffers=512MB -c max_wal_size=4GB -c max_connections=200"
"""What is committed is on the disk, as PostgreSQL has it by default; only memory is as a server of this use has it."""


@dataclass(frozen=True)
class Servers:
    """A broker and a server that answer."""

    broker: Broker
    database: Server


@contextmanager
def servers() -> Iterator[Servers]:
    """Run both while the block runs."""
    broker, database = Broker(), Server(DURABLE)
    try:
        broker.start()
        yield Servers(broker, database)
    finally:
        broker.close()
        database.stop()
