"""Tests that need a PostgreSQL server; without Docker they are skipped."""

from collections.abc import Iterator

import pytest

from tests.containers.docker import need_docker
from tests.containers.postgresql import Server, server
from tests.stores import STORES


def pytest_runtest_setup() -> None:
    need_docker()


@pytest.fixture(autouse=True)
def on_server() -> Iterator[Server]:
    """Let every store of the test be a database of the server."""
    running, kind = server(), STORES.kind
    STORES.kind = "postgresql"
    yield running
    STORES.kind = kind
