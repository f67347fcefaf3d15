"""Fixtures of registration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.component.registration.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Return registration on an empty store, a little after noon."""
    made = Stage(tmp_path)
    yield made
    made.sms.close()
