"""Fixtures of governance."""

from pathlib import Path

import pytest

from tests.component.governance.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return governance on an empty store at noon; photos are looked at in the test's own process."""
    return Stage(tmp_path / "photos")
