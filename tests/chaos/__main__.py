"""`make chaos`: kills, broker outages, workers that come, go and hang, under load; status 0 when nothing was lost."""

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom
from tempfile import mkdtemp

import structlog

from tests.chaos.play import Size, play
from tests.chaos.program import FAULT, MARKS
from tests.chaos.stack import Stack
from tests.containers.kafka import Broker
from tests.containers.postgresql import Server

LIMIT_S = 20 * 60
SHORT = Size(kills=10, outages_s=[3], joins_s=15, hang=False)


def main() -> int:
    """Play chaos and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=SystemRandom().randrange(10**6), help="what is struck is drawn from it"
    )
    parser.add_argument("--short", action="store_true", help="a minute of it")
    parser.add_argument("--fault", choices=[MARKS], help="plant a fault, which must be found: marks are not checked")
    parser.add_argument("--only", choices=["kills", "broker", "joins"], help="one phase of the three")
    asked = parser.parse_args()
    size = SHORT if asked.short else Size()
    folder = Path(mkdtemp(prefix="cheqi-chaos-"))
    print(f"seed {asked.seed}; what the processes say is in {folder}")
    if asked.fault:
        os.environ[FAULT] = asked.fault
    _end_in_order()
    with ExitStack() as servers, (folder / "harness.log").open("w") as log:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(log))
        broker = Broker()
        servers.callback(broker.close)
        broker.start()
        server = Server()
        servers.callback(server.stop)
        report = play(Stack(folder, broker, server), _part(size, asked.only), asked.seed)
    report.show()
    print(f"seed {asked.seed}: {len(report.violations)} violations")
    return 1 if report.violations else 0


def _part(size: Size, only: str | None) -> Size:
    if only is None:
        return size
    return Size(
        kills=size.kills if only == "kills" else 0,
        outages_s=size.outages_s if only == "broker" else [],
        joins_s=size.joins_s if only == "joins" else 0,
        hang=size.hang,
    )


def _end_in_order() -> None:
    """Let a signal, and the end of the time that all may take, end what was started on the way out."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, leave)
    signal.alarm(LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
