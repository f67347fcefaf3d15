"""A worker that hears no more is seen to: outside of its group or behind, and without progress."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.consumer.group_coordinator import CoordinatorGroupRebalance

from shared.messaging.kafka.transport import RunConsumer
from tests.containers.patience import until
from tests.integration.kafka.stage import Running, Stage, running

PULSES = 3


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.kafka.worker.LOOK_EVERY_S", 0.1)


def test_a_worker_whose_rejoin_never_comes_is_outside_of_its_group_without_progress(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    join, released = CoordinatorGroupRebalance.perform_group_join, threading.Event()

    async def join_once_released(rebalance: CoordinatorGroupRebalance) -> Any:
        await asyncio.to_thread(released.wait)
        return await join(rebalance)

    with running(stage) as worker:
        with running(stage):
            monkeypatch.setattr(CoordinatorGroupRebalance, "perform_group_join", join_once_released)
        until(lambda: not worker.joined)

        assert progress_of_next_pulses(worker) == 0
        assert not worker.joined
        released.set()
        until(lambda: worker.joined)


def test_a_worker_that_fetches_no_more_is_behind_what_the_broker_holds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching_ended = threading.Event()

    async def nothing(_consumer: RunConsumer, _timeout: float) -> AsyncIterator[Any]:
        fetching_ended.set()
        await asyncio.sleep(0.05)
        no_records: list[Any] = []
        for one in no_records:
            yield one

    with running(stage) as worker:
        monkeypatch.setattr(RunConsumer, "getmany", nothing)
        monkeypatch.setattr(RunConsumer, "highwater", lambda _consumer, _partition: 0)
        # The fetch that was under way may last a second, and would bring what is told meanwhile.
        until(fetching_ended.is_set)
        stage.tell("h1", "h2")

        until(lambda: worker.pulses[-1].behind == 2)
        assert progress_of_next_pulses(worker) == 0


def test_a_broker_that_does_not_answer_is_no_fault_of_the_worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.kafka.access.PATIENCE_MS", 1000)

    with running(stage) as worker, stage.broker.away():
        before = worker.applier.progress
        until(lambda: worker.applier.progress > before)


def progress_of_next_pulses(worker: Running) -> int:
    """Return how far a worker comes while it tells some pulses."""
    told, before = len(worker.pulses), worker.applier.progress
    until(lambda: len(worker.pulses) >= told + PULSES)
    return worker.applier.progress - before


def test_a_worker_is_not_behind_what_was_deleted_before_it_was_read(stage: Stage) -> None:
    stage.tell("h1", "h2")
    stage.provision()

    with running(stage) as worker:
        until(lambda: len(worker.pulses) > PULSES)
        looked = [pulse.behind for pulse in worker.pulses if pulse.joined]

    assert set(looked) == {0}
