"""Fixtures of notify."""

import pytest

from tests.component.notify.stage import Stage


@pytest.fixture
def stage() -> Stage:
    """Return notify on an empty store at noon."""
    return Stage()
