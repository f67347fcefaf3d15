"""Workers as processes: one that is frozen, killed or told to end loses nothing and doubles nothing."""

import json
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.containers.patience import until
from tests.integration.kafka.stage import Stage

WORDS = 4
SUBJECTS = [f"h{number}" for number in range(12)]


class Listener:
    """A worker of the listener in a process of its own."""

    def __init__(self, stage: Stage, log: Path) -> None:
        self._log = log
        url = stage.pair.listener.store.engine.url.render_as_string()
        command = [sys.executable, "-m", "tests.integration.kafka.listener", url, stage.broker.servers]
        with log.open("w") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603 - ours

    @property
    def joined(self) -> bool:
        """Whether its last pulse says that it has joined its group."""
        lines = self._log.read_text().splitlines()
        return bool(lines) and bool(json.loads(lines[-1])["joined"])

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)


@pytest.fixture
def start(stage: Stage, tmp_path: Path) -> Iterator[Callable[[], Listener]]:
    """Return what starts a listener and waits until it has joined; all end with the test."""
    started: list[Listener] = []

    def one_more() -> Listener:
        listener = Listener(stage, tmp_path / f"{len(started)}.log")
        started.append(listener)
        until(lambda: listener.joined, 60)
        return listener

    stage.topics.provision(["listener"], 1)
    yield one_more
    for listener in started:
        listener.process.kill()
        listener.process.wait()


def test_a_worker_frozen_for_longer_than_its_session_comes_back_and_doubles_nothing(
    stage: Stage, start: Callable[[], Listener]
) -> None:
    frozen = start()
    tell_round(stage, 0)
    noted(stage, 1)

    frozen.send(signal.SIGSTOP)
    tell_round(stage, 1)
    start()
    noted(stage, 2)
    tell_round(stage, 2)
    frozen.send(signal.SIGCONT)
    tell_round(stage, 3)

    noted(stage, 4)
    assert in_order(stage)


def test_a_worker_that_is_killed_at_work_loses_nothing(stage: Stage, start: Callable[[], Listener]) -> None:
    killed = start()
    for number in range(WORDS):
        tell_round(stage, number)

    killed.send(signal.SIGKILL)
    start()

    noted(stage, WORDS)
    assert in_order(stage)


def test_a_worker_that_is_told_to_end_ends_in_good_order(stage: Stage, start: Callable[[], Listener]) -> None:
    ended = start()
    tell_round(stage, 0)

    ended.send(signal.SIGTERM)
    code = ended.process.wait(30)
    start()

    noted(stage, 1)
    assert code == 0


def tell_round(stage: Stage, number: int) -> None:
    """Tell one event of every subject."""
    stage.tell(*SUBJECTS, word=str(number))


def noted(stage: Stage, rounds: int) -> None:
    """Wait until exactly that many rounds took effect."""
    stage.until_noted(*SUBJECTS * rounds, deadline_s=60)


def in_order(stage: Stage) -> bool:
    """Tell whether every subject's events took effect in their order."""
    words: dict[str, list[str]] = defaultdict(list)
    for hazard, word in stage.effects():
        words[hazard].append(word)
    return all(one == sorted(one) for one in words.values())
