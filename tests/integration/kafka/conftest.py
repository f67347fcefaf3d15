"""One broker for all tests of the Kafka bus."""

import pytest

from tests.containers.docker import need_docker
from tests.containers.fixtures import LEFT_OPEN, broker, sockets_collected, stage

__all__ = ["broker", "sockets_collected", "stage"]


def pytest_runtest_setup(item: pytest.Function) -> None:
    if "broker" in item.fixturenames:
        need_docker()


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(LEFT_OPEN)
