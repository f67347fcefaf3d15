"""Fixtures that stand on real servers; a conftest imports those that its tests need."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from tests.containers.kafka import Broker
from tests.integration.kafka.stage import Stage

LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore:unclosed <socket", "ignore:unclosed <ssl.SSLSocket", "ignore:unclosed transport"
)
"""The clients of Kafka leave sockets to the garbage collector."""


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """Return a broker that runs."""
    one = Broker()
    one.start()
    yield one
    one.close()
    collect_left_open()


def collect_left_open() -> None:
    """Collect what clients of Kafka left open, once the last test of a broker has ended."""
    with warnings.catch_warnings(action="ignore"):
        gc.collect()


@pytest.fixture(autouse=True)
def sockets_collected() -> Iterator[None]:
    """Let what clients left open be collected while it is still the test's own."""
    yield
    gc.collect()


@pytest.fixture
def stage(broker: Broker, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return a publisher and a listener on empty topics; a test may name the transport as the parameter."""
    one = Stage(broker, getattr(request, "param", "run"))
    one.provision()
    yield one
    one.close()
