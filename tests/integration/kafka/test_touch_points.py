"""What the run transport leans on inside Faust is still there; each test fails when Faust changes underneath."""

import inspect

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient
from faust.tables.recovery import Recovery
from faust.transport import base, consumer
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage

from shared.messaging.kafka.transport import RunApp, RunConsumer, RunTransport

OVERRIDDEN = {
    "perform_seek": ["self"],
    "wait_empty": ["self"],
    "getmany": ["self", "timeout"],
    "_drain_messages": ["self", "fetcher"],
    "on_buffer_full": ["self", "tp"],
    "on_buffer_drop": ["self", "tp"],
    "_filter_tps_with_pending_acks": ["self", "topics"],
    "_filter_committable_offsets": ["self", "tps"],
    "_new_consumer_thread": ["self"],
}
CALLED = [
    "_wait_next_records",
    "seek_wait",
    "assignment",
    "commit",
    "callback",
    "flow_active",
    "suspend_flow",
    "highwater",
]


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_is_overridden_exists_and_takes_the_same(name: str) -> None:
    theirs = getattr(driver.Consumer, name)

    assert list(inspect.signature(theirs).parameters) == OVERRIDDEN[name]
    assert list(inspect.signature(getattr(RunConsumer, name)).parameters) == OVERRIDDEN[name]


@pytest.mark.parametrize("name", CALLED)
def test_what_is_called_exists(name: str) -> None:
    assert name in inspect.getsource(consumer.Consumer) or hasattr(driver.Consumer, name)


def test_the_client_leaves_a_broker_that_is_away_the_time_that_is_set() -> None:
    source = inspect.getsource(AIOKafkaConsumer.start)

    assert source.count("retry_backoff_ms=self._retry_backoff_ms") == len(("coordinator", "fetcher"))
    assert "self._retry_backoff = " in inspect.getsource(AIOKafkaClient.__init__)
    assert "self._create_consumer(" in inspect.getsource(driver.AIOKafkaConsumerThread.on_start)


def test_an_application_makes_its_transport_where_ours_is_put_in() -> None:
    assert "self._new_transport()" in inspect.getsource(faust.App)
    assert isinstance(RunApp("probe", broker="kafka://127.0.0.1:1")._new_transport(), RunTransport)


def test_a_transport_makes_the_consumer_that_it_names() -> None:
    assert "self.Consumer(" in inspect.getsource(base.Transport.create_consumer)


def test_faust_seeks_through_perform_seek_before_records_flow_again() -> None:
    source = inspect.getsource(Recovery.on_recovery_completed)

    assert source.index("consumer.perform_seek()") < source.index("consumer.resume_flow()")


def test_faust_waits_for_runs_in_hand_after_it_has_stopped_the_flow() -> None:
    source = inspect.getsource(faust.App._on_partitions_revoked)

    assert source.index("stop_flow") < source.index("_consumer_wait_empty")


def test_commits_go_through_the_offsets_that_we_give() -> None:
    assert "self._filter_committable_offsets(tps)" in inspect.getsource(consumer.Consumer._commit_tps)
    assert "self._filter_tps_with_pending_acks(topics)" in inspect.getsource(consumer.Consumer.force_commit)


def test_the_fetcher_drains_through_the_method_that_we_replace() -> None:
    assert "consumer._drain_messages(self)" in inspect.getsource(consumer.Fetcher)


def test_a_message_takes_what_ours_is_made_of() -> None:
    wanted = ["topic", "partition", "offset", "timestamp", "timestamp_type", "headers", "key", "value", "checksum"]
    taken = list(inspect.signature(ConsumerMessage).parameters)

    assert taken[:9] == wanted
    assert {"tp", "generation_id"} <= set(taken)
