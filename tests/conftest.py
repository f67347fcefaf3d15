"""What holds for every test."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.stores import KINDS, STORES

SERVERS = {
    "integration/kafka": "kafka",
    "contract/bus": "kafka",
    "integration/postgresql": "postgresql",
    "integration/image": "kafka",
    "integration/compose": "kafka",
}
LONG = ("integration", "contract/bus", "e2e", "sim")
"""What takes longest, so that no process is left with it at the end."""
UNMEASURED = ("architecture", "contract/http", "e2e/test_kill", "e2e/test_rehearsal", "integration/compose", "sim")
"""What runs no lines of the project, or those again that other tests cover: to trace them nearly doubles its time."""

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the stores of a run be chosen, and the compose file be played."""
    parser.addoption("--store", choices=KINDS, default=KINDS[0], help="where the services under test keep their data")
    parser.addoption("--stack", action="store_true", help="also bring up and play the whole compose file")


def pytest_configure(config: pytest.Config) -> None:
    """Make the stores of this run where they are wanted."""
    STORES.kind = config.getoption("--store")


class ByServer(LoadScopeScheduling):  # type: ignore[misc]  # it ships without types
    """Keeps the tests on one kind of server in one process, where they share it; all others go one by one.

    Marks of groups come to nothing under this pytest: the name by which a test is handed out does not take them in.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((kind for folder, kind in SERVERS.items() if nodeid.startswith(f"tests/{folder}")), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    """Let tests be handed out so."""
    return ByServer(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave untraced what is not measured."""
    if stands_in(item, UNMEASURED):
        item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: not stands_in(item, LONG))


def stands_in(item: pytest.Item, places: Iterable[str]) -> bool:
    """Tell whether a test stands in one of some folders or files of tests."""
    return any(f"/tests/{place}" in item.path.as_posix() for place in places)


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """Undo what a test has said about logs, so that the next one sees every line."""
    yield
    structlog.reset_defaults()
