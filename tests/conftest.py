"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.stores import KINDS, STORES

SERVERS = {"integration/kafka": "kafka", "contract/bus": "kafka", "integration/postgresql": "postgresql"}

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the stores of a run be chosen."""
    parser.addoption("--store", choices=KINDS, default=KINDS[0], help="where the services under test keep their data")


def pytest_configure(config: pytest.Config) -> None:
    """Make the stores of this run where they are wanted."""
    STORES.kind = config.getoption("--store")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests on one kind of server in one process, where they share it."""
    if (server := server_of(item)) is not None:
        item.add_marker(pytest.mark.xdist_group(server))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests on real servers: they take longest."""
    items.sort(key=lambda item: server_of(item) is None)


def server_of(item: pytest.Item) -> str | None:
    """Return the kind of server that a test runs on, None for one that needs no container."""
    path = item.path.as_posix()
    return next((kind for folder, kind in SERVERS.items() if f"/tests/{folder}/" in path), None)


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """Undo what a test has said about logs, so that the next one sees every line."""
    yield
    structlog.reset_defaults()
