"""Fixtures of training."""

import pytest

from tests.component.training.stage import Stage


@pytest.fixture
def stage() -> Stage:
    """Return training on an empty store at noon."""
    return Stage()
