"""A worker on Kafka tells whether it is ready, how far it is behind and for how long without progress."""

import pytest

from cheqi.pulse import Pulse
from cheqi.working import Working
from shared.messaging.kafka.worker import Pulse as Progress
from shared.messaging.local import LocalBus
from shared.web.host import Health
from tests.component.messaging.pair import Pair


def progress(applied: int, behind: int, *, joined: bool = True) -> Progress:
    """Return what a worker tells; its tries grow whatever comes of them."""
    return Progress(progress=100 + applied + behind, joined=joined, behind=behind, troubles=(), applied=applied)


@pytest.mark.parametrize(
    ("joined", "answered", "reasons"),
    [
        (True, True, []),
        (True, False, ["Kafka does not answer"]),
        (False, True, ["the worker has not joined its group on Kafka yet"]),
    ],
)
def test_a_worker_says_why_it_is_not_ready(*, joined: bool, answered: bool, reasons: list[str]) -> None:
    working = Working(Pair().listener.node, Pulse(None))

    working.see(Progress(1, joined=joined, behind=0, troubles=(), answered=answered))

    assert working.health() == Health(ready=not reasons, reasons=reasons)


def test_a_worker_that_has_told_nothing_yet_is_not_ready() -> None:
    assert not Working(Pair().listener.node, Pulse(None)).health().ready


def test_tries_are_no_progress_and_a_worker_outside_of_its_group_stands_still() -> None:
    seconds = [100.0]
    working = Working(Pair().listener.node, Pulse(None), lambda: seconds[0])
    told = []

    for seen in (
        progress(1, 0),
        progress(1, 5),
        progress(1, 6),
        progress(2, 4),
        progress(2, 0),
        progress(2, 0, joined=False),
    ):
        working.see(seen)
        seconds[0] += 60
        gauges = working.gauges()
        told.append((gauges["behind_events"], gauges["stalled_seconds"]))

    assert told == [(0, 0), (5, 120), (6, 180), (4, 60), (0, 0), (0, 120)]


def test_the_buses_tell_the_same_gauges() -> None:
    on_kafka, local = Pair().listener.node, Pair()
    Working(on_kafka, Pulse(None)).see(progress(1, 0))
    local.listener.node.work(LocalBus(lambda: None), {"governance": local.log, "registration": local.log}, "holder")

    assert set(on_kafka.gauges()) == set(local.listener.node.gauges())
