"""Fixtures of rewards."""

from collections.abc import Iterator

import pytest

from tests.component.rewards.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Return rewards on an empty store at noon; whatever a test did, the audit finds nothing afterwards."""
    built = Stage()
    yield built
    assert built.findings() == []
