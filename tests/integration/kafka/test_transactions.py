"""Transactions, which no publisher of ours uses: their markers end a partition with places that hold no record."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from shared.messaging.kafka.topics import topic_of
from tests.containers.kafka import Broker
from tests.containers.patience import until
from tests.integration.kafka.stage import SOURCES, Stage, running

ENDS = pytest.mark.parametrize("end", ["commit_transaction", "abort_transaction"])
PULSES = 3


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.kafka.worker.LOOK_EVERY_S", 0.1)


@ENDS
@pytest.mark.timeout(60)
def test_a_worker_is_not_behind_the_marker_of_a_transaction(stage: Stage, end: str) -> None:
    produce(stage.broker, "nothing that anybody could read", end)

    with running(stage) as worker:
        until(lambda: stage.pair.gauge("parked_events") == 1)
        told = len(worker.pulses)
        until(lambda: len(worker.pulses) > told + PULSES and worker.pulses[-1].behind == 0)
        stage.tell("h1")
        stage.until_noted("h1")

    assert sum(one.behind for one in stage.topics.lag("listener", SOURCES, stage.checkpoints())) == 0


@ENDS
@pytest.mark.timeout(60)
def test_a_log_is_read_to_the_end_past_the_marker_of_a_transaction(stage: Stage, end: str) -> None:
    stage.tell("h1")
    documents = stage.documents()
    produce(stage.broker, documents[0], end)

    assert set(stage.bus.tail("governance")) == set(documents)
    assert set(stage.bus.since("governance", datetime.fromtimestamp(0, UTC))) == set(documents)


def produce(broker: Broker, document: str, end: str) -> None:
    """Put a document on the bus in a transaction of its own, as the last of its partition."""

    async def send() -> None:
        producer = AIOKafkaProducer(**broker.access.arguments, transactional_id="somebody-else")
        await producer.start()
        try:
            await producer.begin_transaction()
            await producer.send_and_wait(topic_of("governance"), document.encode(), partition=7)
            await getattr(producer, end)()
        finally:
            await producer.stop()

    asyncio.run(send())
