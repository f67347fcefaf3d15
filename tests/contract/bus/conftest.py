"""The buses under contract: the local one, and Kafka on both transports."""

from collections.abc import Iterator

import pytest

from tests.containers.docker import need_docker
from tests.containers.fixtures import LEFT_OPEN, broker, sockets_collected
from tests.containers.kafka import Broker
from tests.contract.bus.buses import BusUnderTest, LocalUnderTest
from tests.integration.kafka.stage import Stage

__all__ = ["broker", "sockets_collected"]


def pytest_runtest_setup(item: pytest.Function) -> None:
    if item.callspec.params["bus"] != "local":
        need_docker()


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(LEFT_OPEN)


@pytest.fixture(params=["local", "run", "stock"])
def bus(request: pytest.FixtureRequest) -> Iterator[BusUnderTest]:
    """Return a publisher and a listener that meet on the bus; the listener's worker is not started."""
    one = LocalUnderTest() if request.param == "local" else _on_kafka(request)
    yield one
    one.stop()
    one.close()


def _on_kafka(request: pytest.FixtureRequest) -> Stage:
    broker: Broker = request.getfixturevalue("broker")
    stage = Stage(broker, request.param)
    stage.provision()
    return stage
