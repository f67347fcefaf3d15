"""The deployment under chaos: its servers, its processes as a supervisor keeps them, and how each of them is struck."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from cheqi.house import House
from cheqi.lag import count_unsettled
from shared.messaging import marks
from shared.messaging.relay import count_unsent_up_to
from shared.messaging.tables import event_log
from shared.node import Node
from tests.chaos.program import API, PROGRAM, RELAYS, WORKERS
from tests.chaos.witness import METADATA
from tests.containers.deployment import command, deployment_on
from tests.containers.kafka import Broker
from tests.containers.postgresql import Server
from tests.e2e.kill_process import Process, pause

JOBS = ("databases", "migrate", "topics apply")
LOOK_EVERY_S = 0.1
DATABASES = "chaos%"
SERVER_BACK_WITHIN_S = 60.0


class Stack:
    """All services on one broker and one database server."""

    def __init__(self, folder: Path, broker: Broker, server: Server) -> None:
        self.broker, self.server = broker, server
        settings = deployment_on(folder, broker.servers, server.admin, "chaos")
        self.settings = settings.model_copy(update={"services_url": settings.address})
        self.process = Process(folder, self.settings, (*PROGRAM, "keep"))

    @contextmanager
    def running(self) -> Iterator[House]:
        """Make databases and topics, and keep all processes running while the block runs; yield the stores."""
        for job in JOBS:
            done = command(self.settings, *job.split())
            assert done.exit_code == 0, done.output
        house = House(self.settings)
        try:
            for node in house.nodes.values():
                METADATA.create_all(node.store.engine)
            self.process.start()
            self.process.wait_until_ready()
            yield house
        finally:
            self.process.end()
            house.stop()

    def pid(self, words: str) -> int | None:
        """Return the process that carries out a command now, None while there is none."""
        wanted = "\0".join(words.split()).encode()
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == self.process.pid and wanted in (path / "cmdline").read_bytes():
                    return int(path.name)
        return None

    def strike(self, words: str, number: signal.Signals = signal.SIGKILL) -> int | None:
        """Send a signal to the process that carries out a command; return which it was."""
        pid = self.pid(words)
        if pid is not None:
            os.kill(pid, number)
        return pid

    def end_connection(self, random: Random, *, kill: bool) -> None:
        """Let the database server end a process that serves us; killed, it takes the whole server to a new start."""
        ends = time.monotonic() + SERVER_BACK_WITHIN_S
        while time.monotonic() < ends:
            with suppress(OperationalError):
                if connections := self.server.connections(DATABASES):
                    end = self.server.kill if kill else self.server.end
                    end(random.choice(connections))
                    return
            pause(LOOK_EVERY_S)


TARGETS = {"API": (API,), "worker": tuple(WORKERS.values()), "relay": tuple(RELAYS.values())}


class Goal:
    """Everything that was told up to a moment, to be applied by everybody who hears it, or by one service alone."""

    def __init__(self, house: House, service: str | None = None) -> None:
        self._nodes = house.nodes
        self._consumers = [self._nodes[service]] if service else list(self._nodes.values())
        self._rows = {name: _last_row(node) for name, node in self._nodes.items()}
        self._heads: dict[str, dict[str, int]] | None = None

    def reached(self) -> bool:
        """Tell whether all of it is sent and applied."""
        if self._heads is None:
            if any(_count_unsent(node, self._rows[name]) for name, node in self._nodes.items()):
                return False
            self._heads = {name: _heads(node) for name, node in self._nodes.items()}
        return not any(map(self._behind, self._consumers))

    def _behind(self, node: Node) -> bool:
        assert self._heads is not None
        for publisher in node.hears:
            wanted = self._heads[publisher]
            with node.snapshot() as session:
                reached = marks.find_marks(session, publisher, wanted)
            if any(reached.get(subject, 0) < last for subject, last in wanted.items()):
                return True
        return False


def seconds_until_reached(goal: Goal, within_s: float) -> float:
    """Wait until a goal is reached; return how many seconds that took, or more than it may take."""
    begun = time.monotonic()
    while time.monotonic() - begun < within_s and not goal.reached():
        pause(LOOK_EVERY_S)
    return time.monotonic() - begun


def unsettled(house: House, within_s: float) -> int:
    """Wait until everything is sent and applied; return how many events are not when the time is over."""
    ends = time.monotonic() + within_s
    while (count := count_unsettled(house.nodes)) and time.monotonic() < ends:
        pause(LOOK_EVERY_S)
    return count


def _last_row(node: Node) -> int:
    with node.snapshot() as session:
        return session.scalar(select(func.max(event_log.c.ordinal))) or 0


def _count_unsent(node: Node, row: int) -> int:
    with node.snapshot() as session:
        return count_unsent_up_to(session, row)


def _heads(node: Node) -> dict[str, int]:
    found: dict[str, int] = {}
    position = 0
    while heads := node.log.heads(position):
        position = heads[-1].position
        found.update({one.subject: one.sequence for one in heads})
    return found
