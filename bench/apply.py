"""Measures how fast verified hazards that wait on a topic become points: the rewards worker, and peers with its rows.

Run as `python -m bench.apply`; it needs a Docker Engine. Every side writes to a copy of one store and hears the same
topic; sides are measured in turn, and their stores are compared at the end of a round.
"""

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import results
from bench.hazards import hazards
from bench.servers import servers
from bench.stages import Stage, await_reached, differences, hear, leave_relaying_to_others
from shared.clock import SystemClock
from shared.db.store import Store

CHEQI, EACH, TEMPLATE = "cheqi", "sqlalchemy_each", "reported"
PEERS = ("raw_aiokafka", "librdkafka", "faststream_batches", "stock_faust", EACH)
PLAN = (*((side, 1) for side in (CHEQI, *PEERS)), *((side, 2) for side in (CHEQI, *PEERS[:2])))
EACH_SHARE = 0.05
"""An event a transaction takes so long that it is measured over a part of the events."""
SETTLED = 0.2
"""The share that is applied before the clock starts: by then every process has joined."""
APPLIED = "SELECT sum(next) FROM checkpoint WHERE source = 'governance'"


def measure(stage: Stage, side: str, events: int, workers: int = 1, kept_as: str | None = None) -> float:
    """Return the events a second of so many processes of a side."""
    with stage.fresh(TEMPLATE, kept_as) as connection, stage.running(side, count=workers) as running:
        first = await_reached(connection, APPLIED, int(events * SETTLED), running)
        last = await_reached(connection, APPLIED, events, running)
    return (last.reached - first.reached) / (last.at_s - first.at_s)


def measure_round(stage: Stage, events: int, peers: Sequence[str]) -> dict[str, float]:
    """Measure the worker and its peers; raises AssertionError when one left other rows than the worker."""
    rates = {}
    for side, workers in [(side, workers) for side, workers in PLAN if side in (CHEQI, *peers)]:
        name = side if workers == 1 else f"{side}, {workers} workers"
        rates[name] = measure(stage, side, int(events * EACH_SHARE) if side == EACH else events, workers, name)
        results.note(f"{name}: {rates[name]:,.0f} events/s")
    compare(stage, [name for name in rates if name not in (CHEQI, EACH)])
    stage.drop(*rates)
    return rates


def compare(stage: Stage, names: list[str]) -> None:
    """Raise AssertionError unless the stores that were kept hold what the worker's holds."""
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
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, help="measure only these beside the worker")
    return parser.parse_args()


def main() -> None:
    """Measure, keep the figures and print them."""
    asked = read_command_line()
    reported, verified = hazards(asked.events, SystemClock().now())

    def fill(store: Store) -> None:
        hear(store, reported)
        leave_relaying_to_others(store)

    figures: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="cheqi-") as folder, servers() as running:
        stage = Stage(running, Path(folder))
        stage.make(TEMPLATE, fill)
        stage.publish("governance", verified)
        for _round in range(asked.rounds):
            for name, rate in measure_round(stage, asked.events, asked.peers).items():
                figures[name].append(rate)
    results.keep("apply", "events/s", figures, events=asked.events)


if __name__ == "__main__":
    main()
