"""Measures how fast rewards applies verified hazards, without a broker: in sets, one by one, and by raw SQL.

Run as `python -m bench.apply_in_process [--server postgresql+psycopg://...]`; without one it measures SQLite, which
has no raw peer. Every side starts on a store of its own that holds the reports; a round is measured side by side, in
runs taken in turn, and the stores are compared at its end.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

import psycopg
from rich.console import Console
from sqlalchemy import select, text

from bench import raw_apply
from bench.hazards import hazards, plain, rewards, store_on
from shared.clock import SettableClock
from shared.db.store import Store
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging.bus import Run
from shared.messaging.consumer import Consumer
from shared.messaging.tables import checkpoint, event_log, mark, parked, timer, waiting
from tests.moments import NOON

SETS, SINGLE, RAW = "in sets", "one by one", "raw SQL"
SINGLE_SHARE = 20
TABLES = (*rewards().metadata.sorted_tables, mark, parked, waiting, timer, event_log, checkpoint)
Apply = Callable[[Sequence[str], int], object]


@dataclass
class Side:
    """One way to apply events, the store it writes to, and how long it took for how many."""

    store: Store
    apply: Apply
    seconds: float = 0.0
    events: int = 0
    rates: list[float] = field(default_factory=list)

    def take(self, documents: Sequence[str], end: int) -> None:
        """Apply a run and count it."""
        begun = time.perf_counter()
        self.apply(documents, end)
        self.seconds += time.perf_counter() - begun
        self.events += len(documents)


def consumer_of(store: Store) -> Consumer:
    """Return rewards' own consumer on a store."""
    return Consumer(rewards(), store, KeyRing(b"k" * 32, MemoryKeyBox()), SettableClock(NOON))


def in_runs(consumer: Consumer) -> Apply:
    """Return the way to apply a run at once, as the worker does."""
    return lambda documents, end: consumer.apply(Run("governance", tuple(documents), 0, end - len(documents), end))


def one_by_one(consumer: Consumer) -> Apply:
    """Return the way to apply a run an event a transaction."""

    def apply(documents: Sequence[str], end: int) -> None:
        for place, document in enumerate(documents, end - len(documents)):
            consumer.apply(Run("governance", (document,), 0, place, place + 1))

    return apply


def measure_round(server: str | None, count: int, size: int) -> dict[str, float]:
    """Return the events a second of each side; raises AssertionError when their stores differ."""
    reported, verified = hazards(count)
    with ExitStack() as stack:
        names = (SETS, RAW) if server else (SETS,)
        stores = {name: stack.enter_context(store_on(server, f"bench_{name.replace(' ', '_')}")) for name in names}
        single = stack.enter_context(store_on(server, "bench_single"))
        sides = {SETS: Side(stores[SETS], in_runs(consumer_of(stores[SETS])))}
        sides[SINGLE] = Side(single, one_by_one(consumer_of(single)))
        if server:
            connection = stack.enter_context(psycopg.connect(plain(str(_address(stores[RAW]))), autocommit=True))
            sides[RAW] = Side(stores[RAW], lambda documents, end: raw_apply.apply(connection, documents, {0: end}))
        for side in sides.values():
            _report(side.store, reported, size)
        for start in range(0, count, size):
            run, end = verified[start : start + size], count + min(start + size, count)
            for name, side in sides.items():
                side.take(run[: len(run) // SINGLE_SHARE] if name == SINGLE else run, end)
        if server:
            compare(stores[SETS], stores[RAW])
        return {name: side.events / side.seconds for name, side in sides.items()}


def compare(one: Store, other: Store) -> None:
    """Raise AssertionError unless two stores hold the same rows."""
    for table in TABLES:
        columns = [column for column in table.c if column.name != "ordinal"]
        with one.read() as left, other.read() as right:
            rows = [sorted(map(str, session.execute(select(*columns)))) for session in (left, right)]
        if rows[0] != rows[1]:
            message = f"{table.name} differs: {len(rows[0])} and {len(rows[1])} rows"
            raise AssertionError(message)


def _address(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def _report(store: Store, reported: Sequence[str], size: int) -> None:
    apply = in_runs(consumer_of(store))
    for start in range(0, len(reported), size):
        run = reported[start : start + size]
        apply(run, start + len(run))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def main() -> None:
    """Measure and print a table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--server", help="PostgreSQL, as SQLAlchemy writes its address; the user may create databases")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--run", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rounds = [measure_round(asked.server, asked.events, asked.run) for _round in range(asked.rounds)]
    console = Console()
    for name in rounds[0]:
        rates = [rates[name] for rates in rounds]
        ratio = f", {median(rates[name] / rates[RAW] for rates in rounds):.2f} of raw SQL" if asked.server else ""
        console.print(f"{name}: {median(rates):.0f} events/s{ratio}")


if __name__ == "__main__":
    main()
