"""A worker is ready when its service is, when it has joined its group, and when the broker answers."""

from typing import cast

import pytest

from cheqi.pulse import Pulse
from cheqi.working import Working
from shared.messaging.kafka.worker import Pulse as Progress
from shared.node import Node
from shared.web.host import Health


class Given:
    """A service with nothing but its health."""

    service = None
    gauges = None

    def health(self) -> Health:
        """Tell that the service itself is ready."""
        return Health(ready=True, reasons=[])


@pytest.mark.parametrize(
    ("joined", "answered", "reasons"),
    [
        (True, True, []),
        (True, False, ["Kafka does not answer"]),
        (False, True, ["the worker has not joined its group on Kafka yet"]),
    ],
)
def test_a_worker_says_why_it_is_not_ready(joined: bool, answered: bool, reasons: list[str]) -> None:  # noqa: FBT001 - a table
    working = Working(cast(Node, Given()), Pulse(None))

    working.see(Progress(1, joined=joined, behind=0, troubles=(), answered=answered))

    assert working.health() == Health(ready=not reasons, reasons=reasons)


def test_a_worker_that_has_told_nothing_yet_is_not_ready() -> None:
    assert not Working(cast(Node, Given()), Pulse(None)).health().ready
