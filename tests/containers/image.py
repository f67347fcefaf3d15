"""The image, built as an operator builds it, for the tests of one run."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.models.images import Image

ROOT = Path(__file__).parents[2]
TAG, BUILDKIT_TAG = "cheqi:tested", "cheqi:tested-buildkit"
BUILD = ("build", "--network", "host", "--file", "deploy/Dockerfile", "--tag", BUILDKIT_TAG, ".")
WITH_BUILDKIT = {**os.environ, "DOCKER_BUILDKIT": "1"}


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


def by_buildkit(engine: docker.DockerClient) -> Image:
    """Return the same image as BuildKit makes it; skips the test where no client on the path of programs can."""
    said = []
    for client in sorted(Path(folder, "docker") for folder in os.get_exec_path()):
        if client.is_file():
            done = subprocess.run([client, *BUILD], cwd=ROOT, env=WITH_BUILDKIT, capture_output=True, text=True)  # noqa: PLW1510, S603 - ours
            if done.returncode == 0:
                return engine.images.get(BUILDKIT_TAG)
            said.append(done.stderr)
    assert all("buildx component is missing" in one for one in said), said
    pytest.skip("no Docker client here has BuildKit")
