"""One stack of the compose file for all tests here; without Docker, or its command `compose`, they are skipped."""

from collections.abc import Iterator

import docker
import pytest
from docker.models.images import Image

from tests.containers.docker import need_docker
from tests.containers.image import engine, image
from tests.integration.compose.stack import Stack, need_compose

__all__ = ["engine", "image"]
WITHIN_S = 1200


def pytest_runtest_setup() -> None:
    need_docker()
    need_compose()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give each test the time in which all gets up, for whichever comes first waits for that."""
    item.add_marker(pytest.mark.timeout(WITHIN_S))


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Return everything, up and healthy, on volumes of its own, of an image under a name of its own."""
    if not request.config.getoption("--stack"):
        pytest.skip("the compose file is played with --stack, as the README says")
    engine: docker.DockerClient = request.getfixturevalue("engine")
    image: Image = request.getfixturevalue("image")
    one = Stack()
    image.tag(one.image)
    try:
        one.up()
        yield one
    finally:
        one.remove()
        engine.images.remove(one.image)
