"""What a peer is given on its command line, and how it applies what it has fetched."""

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bench import raw_apply

TOPIC = "cheqi.governance"
AT_ONCE = 1000
Fetched = Mapping[int, Sequence[tuple[int, bytes]]]
"""Records by their partition, each an offset and a value."""


@dataclass(frozen=True)
class Given:
    """Where the broker and the store are, and the consumer group."""

    servers: str
    store: str
    group: str


def given() -> Given:
    """Read the command line; SIGTERM ends the process as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return Given(*sys.argv[1:])


def applying(store: str) -> Callable[[Fetched], None]:
    """Return what applies fetched records by hand-written SQL, in one transaction."""
    connection: psycopg.Connection[Any] = psycopg.connect(store, autocommit=True)

    def apply(fetched: Fetched) -> None:
        documents = [value for records in fetched.values() for _, value in records]
        reached = {partition: records[-1][0] + 1 for partition, records in fetched.items() if records}
        raw_apply.apply(connection, documents, reached)

    return apply
