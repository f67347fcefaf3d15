"""A worker's first sweep may take long: meanwhile it says how far it has come."""

from threading import Event

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from shared.messaging.kafka.serving import sweep_first
from shared.messaging.kafka.worker import Pulse

PATIENCE_S = 60


class Sweeping:
    """A sweep that goes on until it was heard of, and then may fail."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.heard, self.fault, self.swept = Event(), fault, 7

    def sweep_when_due(self) -> bool:
        """Wait until a pulse was heard."""
        assert self.heard.wait(PATIENCE_S)
        if self.fault is not None:
            raise self.fault
        return True


def test_the_first_sweep_tells_how_far_it_has_come_and_that_the_worker_has_not_joined() -> None:
    sweeping, pulses = Sweeping(), list[Pulse]()

    def hear(pulse: Pulse) -> None:
        pulses.append(pulse)
        sweeping.heard.set()

    sweep_first(sweeping, hear)

    assert pulses
    assert all(one == Pulse(7, joined=False, behind=0, troubles=()) for one in pulses)


@pytest.mark.parametrize("fault", [OperationalError("x", {}, Exception("away")), ZeroDivisionError()])
def test_a_first_sweep_that_fails_is_left_to_the_rounds_beside_the_bus(fault: Exception) -> None:
    sweeping = Sweeping(fault)

    with capture_logs() as lines:
        sweep_first(sweeping, lambda _pulse: sweeping.heard.set())

    assert [line["error"] for line in lines] == [type(fault).__name__]
