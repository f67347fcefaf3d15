"""Measures how rewards catches up: events a second, memory over a long run, and what a large ledger costs.

Run as `python -m bench.catch_up [--events 1000000] [--postings 100000 5000000]`; it needs a Docker Engine. It is the
whole worker, which relays what it tells while it applies. Half of the events are reports, half their verifications.
"""

import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from functools import partial
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from threading import Event, Thread

from sqlalchemy import text

from bench import results
from bench.apply import SETTLED
from bench.embedded import memory_mib
from bench.hazards import told_together
from bench.ledger import grow
from bench.servers import servers
from bench.stages import Stage, await_reached
from shared.clock import SystemClock
from shared.db.store import Store

EMPTY = "empty"
TOLD = "SELECT max(ordinal) FROM event_log"
"""Each report and each verification leads to one event; offsets do not begin at 0 in a topic that was emptied."""
LOOK_EVERY_S = 1.0


class Watch:
    """Notes how much memory a process has, once a second, until it is stopped."""

    def __init__(self, process: Popen[bytes]) -> None:
        self.mib: list[float] = []
        self._pid, self._ended = process.pid, Event()
        self._thread = Thread(target=self._look)
        self._thread.start()

    def stop(self) -> list[float]:
        """Stop, and return what was noted."""
        self._ended.set()
        self._thread.join()
        return self.mib

    def _look(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            self.mib.append(round(memory_mib(self._pid), 1))


def catch_up(stage: Stage, events: int) -> tuple[float, list[float]]:
    """Return how many seconds a worker takes from its start, and its memory by the second."""
    stage.empty("rewards")
    begun = time.monotonic()
    with stage.fresh(EMPTY) as connection, stage.running("cheqi") as running:
        watch = Watch(running[0])
        try:
            last = await_reached(connection, TOLD, events, running)
        finally:
            memory = watch.stop()
    return last.at_s - begun, memory


def cost(stage: Stage, template: str, events: int) -> float:
    """Return the events a second that are applied on a ledger."""
    stage.empty("rewards")
    with stage.fresh(template) as connection, stage.running("cheqi") as running:
        first = await_reached(connection, TOLD, int(events * SETTLED), running)
        last = await_reached(connection, TOLD, events, running)
    return (last.reached - first.reached) / (last.at_s - first.at_s)


def read_command_line() -> Namespace:
    """Return how much is to be measured."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--postings", type=int, nargs=2, default=(100_000, 1_000_000), metavar=("SMALL", "LARGE"))
    parser.add_argument("--cost-events", type=int, default=10_000, help="how many events meet each ledger")
    parser.add_argument("--rounds", type=int, default=3, help="how often each ledger is met; caught up is once")
    return parser.parse_args()


def main() -> None:
    """Measure, keep the figures and print them."""
    asked, now = read_command_line(), SystemClock().now()
    figures: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="cheqi-") as folder, servers() as running:
        stage = Stage(running, Path(folder))
        stage.make(EMPTY, _nothing)
        for postings in asked.postings:
            stage.make(_named(postings), partial(grow, postings=postings))
        stage.publish("governance", told_together(asked.events, now))
        seconds, memory = catch_up(stage, asked.events)
        results.note(f"{asked.events:,} events in {seconds:.1f} s; memory {memory[0]} to {memory[-1]} MiB")
        stage.publish("governance", told_together(asked.cost_events, now))
        for _round in range(asked.rounds):
            for postings in asked.postings:
                figures[_named(postings)].append(cost(stage, _named(postings), asked.cost_events))
    about = {"events": asked.events, "seconds": round(seconds, 1), "memory_mib": memory}
    results.keep("catch_up", "events/s", {"caught up": [asked.events / seconds], **figures}, **about)


def _named(postings: int) -> str:
    return f"{postings} postings"


def _nothing(store: Store) -> None:
    with store.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


if __name__ == "__main__":
    main()
