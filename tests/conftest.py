"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.stores import KINDS, STORES

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the stores of a run be chosen."""
    parser.addoption("--store", choices=KINDS, default=KINDS[0], help="where the services under test keep their data")


def pytest_configure(config: pytest.Config) -> None:
    """Make the stores of this run where they are wanted."""
    STORES.kind = config.getoption("--store")


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """Undo what a test has said about logs, so that the next one sees every line."""
    yield
    structlog.reset_defaults()
