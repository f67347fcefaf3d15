"""A home with a past, made once and copied for each test that backs it up or puts it back."""

import shutil
from pathlib import Path

import pytest

from tests.component.cheqi.restoring import LONG_AGO, Home


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in which two hazards were told of long ago, and words of two riders were sealed."""
    home = Home(tmp_path_factory.mktemp("lived-in"))
    home.tell("h1", "h2", at=LONG_AGO)
    with home.opened() as house:
        for rider in ("r1", "r2"):
            house.nodes["governance"].keys.seal_text(rider, "words", "secret words")
    return home.data


@pytest.fixture
def home(lived_in: Path, tmp_path: Path) -> Home:
    """Return a home on a copy of that folder."""
    home = Home(tmp_path)
    shutil.copytree(lived_in, home.data)
    return home
