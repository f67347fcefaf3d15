"""A worker that has something to do and does nothing is given up; one that waits for work is not."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from cheqi.pulse import STUCK_AFTER_S, Pulse, Watch
from tests.moments import Seconds


class Monitor:
    """The other end of the pipe."""

    def __init__(self) -> None:
        self.seconds = Seconds()
        self.reading, writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.pulse = Pulse(writing, self.seconds)
        self.ended = False

    def beats(self) -> int:
        """Return how many beats came since the last look, and note when the pipe has ended."""
        count = 0
        with suppress(BlockingIOError):
            while beats := os.read(self.reading, 100):
                count += len(beats)
            self.ended = True
        return count


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    """Watch a pulse."""
    watching = Monitor()
    yield watching
    watching.pulse.give_up()
    os.close(watching.reading)


def test_a_pulse_beats_once_a_second_at_most(monitor: Monitor) -> None:
    for _ in range(3):
        monitor.pulse.beat()
    monitor.seconds.pass_by(1)
    monitor.pulse.beat()

    assert monitor.beats() == 2


def test_a_process_without_a_supervisor_beats_nowhere() -> None:
    Pulse(None).beat()


@pytest.mark.parametrize(
    ("progress", "idle", "beats"),
    [((1, 1, 1), False, 1), ((1, 2, 3), False, 3), ((1, 1, 1), True, 3)],
    ids=["stuck", "at work", "idle"],
)
def test_only_a_stuck_worker_is_given_up(
    monitor: Monitor, progress: tuple[int, ...], beats: int, *, idle: bool
) -> None:
    watch = Watch(monitor.pulse, monitor.seconds)

    for count in progress:
        watch.see(progress=count, idle=idle)
        monitor.seconds.pass_by(STUCK_AFTER_S)

    assert monitor.beats() == beats
    assert monitor.ended == (beats == 1)
