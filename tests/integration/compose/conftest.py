"""One stack of the compose file for all tests here; without Docker, or its command `compose`, they are skipped."""

from collections.abc import Iterator
from contextlib import contextmanager

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
def stack(stack_image: Image) -> Iterator[Stack]:
    """Return everything, up and healthy, on volumes of its own."""
    with brought_up(Stack(), stack_image) as one:
        yield one


@pytest.fixture
def secured(stack_image: Image) -> Iterator[Stack]:
    """Return everything under the overlay of users and rights, up and healthy, on volumes of its own."""
    one = Stack()
    one.variables["COMPOSE_FILE"] = "docker-compose.yml:docker-compose.secured.yml"
    with brought_up(one, stack_image):
        yield one


@pytest.fixture(scope="session")
def stack_image(request: pytest.FixtureRequest) -> Image:
    """Return the image, where the compose file is to be played."""
    if not request.config.getoption("--stack"):
        pytest.skip("the compose file is played with --stack, as the README says")
    image: Image = request.getfixturevalue("image")
    return image


@contextmanager
def brought_up(stack: Stack, image: Image) -> Iterator[Stack]:
    """Let a stack run, of an image under a name of its own, while the block runs."""
    image.tag(stack.image)
    try:
        stack.up()
        yield stack
    finally:
        stack.remove()
        image.client.images.remove(stack.image)
