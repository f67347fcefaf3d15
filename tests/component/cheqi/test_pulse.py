"""A worker that is behind and does nothing shows no sign of life; one that waits for work does."""

import os
from collections.abc import Iterator

import pytest

from cheqi.pulse import STUCK_AFTER_S, Pulse, Watch


class Seconds:
    """Seconds that the test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let some pass."""
        self.now += seconds


class Monitor:
    """The other end of the pipe."""

    def __init__(self) -> None:
        self.seconds = Seconds()
        self._reading, writing = os.pipe()
        os.set_blocking(self._reading, False)
        self.pulse = Pulse(writing, self.seconds)
        self.descriptors = (self._reading, writing)

    def beats(self) -> int:
        """Return how many beats came since the last look."""
        try:
            return len(os.read(self._reading, 100))
        except BlockingIOError:
            return 0


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    """Watch a pulse."""
    watching = Monitor()
    yield watching
    for descriptor in watching.descriptors:
        os.close(descriptor)


def test_a_pulse_beats_once_a_second_at_most(monitor: Monitor) -> None:
    for _ in range(3):
        monitor.pulse.beat()
    monitor.seconds.pass_by(1)
    monitor.pulse.beat()

    assert monitor.beats() == 2


def test_a_process_without_a_supervisor_beats_nowhere() -> None:
    Pulse(None).beat()


@pytest.mark.parametrize(
    ("progress", "behind", "beats"),
    [((1, 1, 1), 5, 1), ((1, 2, 3), 5, 3), ((1, 1, 1), 0, 3)],
    ids=["stuck", "behind and at work", "idle"],
)
def test_only_a_stuck_worker_shows_no_sign_of_life(
    monitor: Monitor, progress: tuple[int, ...], behind: int, beats: int
) -> None:
    watch = Watch(monitor.pulse, monitor.seconds)

    for count in progress:
        watch.see(progress=count, behind=behind)
        monitor.seconds.pass_by(STUCK_AFTER_S)

    assert monitor.beats() == beats
