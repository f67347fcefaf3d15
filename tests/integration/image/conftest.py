"""The tests of the image; without Docker they are skipped."""

from tests.containers.docker import need_docker
from tests.containers.image import engine, image

__all__ = ["engine", "image"]


def pytest_runtest_setup() -> None:
    need_docker()
