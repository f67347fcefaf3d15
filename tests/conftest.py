"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """Undo what a test has said about logs, so that the next one sees every line."""
    yield
    structlog.reset_defaults()
