"""One world of each service for all tests of the HTTP contract."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.http.worlds import BUILDERS, World

WorldOf = Callable[[str], World]


@pytest.fixture(scope="session")
def world_of(tmp_path_factory: pytest.TempPathFactory) -> WorldOf:
    """Return what gives a service's world, built when it is first asked for."""
    built: dict[str, World] = {}

    def find(service: str) -> World:
        if service not in built:
            folder: Path = tmp_path_factory.mktemp(service)
            built[service] = BUILDERS[service](folder)
        return built[service]

    return find
