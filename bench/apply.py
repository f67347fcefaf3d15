"""Measures how fast verified hazards that wait on a topic become points: the rewards worker, and peers with its rows.

Run as `python -m bench.apply`; it needs a Docker Engine. Every side writes to a copy of one store and hears the same
topic; sides are measured in turn, and their stores are compared at the end of a round.
"""

import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

import psycopg

from bench import results
from bench.hazards import hazards, plain
from bench.servers import servers
from bench.stages import DATABASE, Stage, differences
from shared.clock import SystemClock

CHEQI, EACH = "cheqi", "sqlalchemy_each"
PEERS = ("raw_aiokafka", "librdkafka", "faststream_batches", "stock_faust", EACH)
PLAN = (*((side, 1) for side in (CHEQI, *PEERS)), *((side, 2) for side in (CHEQI, *PEERS[:2])))
EACH_SHARE = 0.05
"""An event a transaction takes so long that it is measured over a part of the events."""
SETTLED = 0.2
"""The share that is applied before the clock starts: by then every process has joined."""
LOOK_EVERY_S = 0.02
PATIENCE_S = 120
REACHED = "SELECT coalesce(sum(next), 0) FROM checkpoint WHERE source = 'governance'"


def measure(stage: Stage, side: str, workers: int, events: int) -> float:
    """Return the events a second of so many processes of a side."""
    stage.new_group()
    running = [stage.start(side) for _worker in range(workers)]
    try:
        with psycopg.connect(plain(stage.admin_url(DATABASE)), autocommit=True) as connection:
            first, begun = _await(connection, int(events * SETTLED), running)
            last, ended = _await(connection, events, running)
        return (last - first) / (ended - begun)
    except TimeoutError as error:
        raise RuntimeError(stage.told_by(side)) from error
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def measure_round(stage: Stage, events: int, peers: Sequence[str]) -> dict[str, float]:
    """Measure the worker and its peers; raises AssertionError when one left other rows than the worker."""
    rates, kept = {}, []
    for side, workers in [(side, workers) for side, workers in PLAN if side in (CHEQI, *peers)]:
        name = named(side, workers)
        with stage.fresh(name):
            rates[name] = measure(stage, side, workers, int(events * EACH_SHARE) if side == EACH else events)
        kept.append(name)
        results.note(f"{name}: {rates[name]:,.0f} events/s")
    _compare(stage, [name for name in kept if name not in (CHEQI, named(EACH, 1))])
    stage.drop(*kept)
    return rates


def named(side: str, workers: int) -> str:
    """Return what a measurement is called."""
    return side if workers == 1 else f"{side}, {workers} workers"


def _await(connection: psycopg.Connection, wanted: int, running: list[Popen[bytes]]) -> tuple[int, float]:
    until = time.monotonic() + PATIENCE_S
    while True:
        row = connection.execute(REACHED).fetchone()
        reached, now = int(row[0]) if row else 0, time.monotonic()
        if reached >= wanted:
            return reached, now
        if now > until or any(process.poll() is not None for process in running):
            message = f"{reached} of {wanted} events were applied, then nothing came"
            raise TimeoutError(message)
        time.sleep(LOOK_EVERY_S)


def _compare(stage: Stage, names: list[str]) -> None:
    mine = stage.store(CHEQI)
    for name in names:
        theirs = stage.store(name)
        found = differences(mine, theirs)
        theirs.close()
        if found:
            message = f"{name} left other rows than {CHEQI}: {'; '.join(found)}"
            raise AssertionError(message)
    mine.close()


def read_command_line() -> Namespace:
    """Return how much is to be measured."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="measure only these beside the worker")
    return parser.parse_args()


def main() -> None:
    """Measure, keep the figures and print them."""
    asked = read_command_line()
    figures: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="cheqi-") as folder, servers() as running:
        stage = Stage(running, Path(folder))
        stage.fill(*hazards(asked.events, SystemClock().now()))
        for _round in range(asked.rounds):
            for name, rate in measure_round(stage, asked.events, asked.peers).items():
                figures[name].append(rate)
    results.keep("apply", "events/s", figures, events=asked.events)


if __name__ == "__main__":
    main()
