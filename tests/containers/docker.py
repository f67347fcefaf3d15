"""Whether Docker answers; where it does not, what needs a container is skipped."""

from functools import cache

import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

NO_DOCKER = "no container can be started: Docker does not answer"

# Each run removes the containers that it started; the image that would do so for it is one more to be fetched.
testcontainers_config.ryuk_disabled = True


@cache
def docker_answers() -> bool:
    """Tell whether containers can be started here."""
    try:
        return bool(DockerClient().client.ping())
    except Exception:  # Each way of being absent has an exception of its own.
        return False


def need_docker() -> None:
    """Skip the test where no container can be started."""
    if not docker_answers():
        pytest.skip(NO_DOCKER)
