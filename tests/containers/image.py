"""The image, built as an operator builds it, for the tests of one run."""

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.models.images import Image

ROOT = Path(__file__).parents[2]
TAG = "cheqi:tested"


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """Return a client of the Docker Engine."""
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def image(engine: docker.DockerClient) -> Image:
    """Return the image of the working tree."""
    made, _log = engine.images.build(
        path=str(ROOT), dockerfile="deploy/Dockerfile", tag=TAG, network_mode="host", rm=True, forcerm=True
    )
    return made
