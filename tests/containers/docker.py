"""Whether Docker answers; where it does not, what needs a container is skipped."""

import gc
import warnings
from functools import cache

import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

NO_DOCKER = "Docker does not answer: tests on real servers are left out"

# Each run removes the containers that it started; the image that would do so for it is one more to be fetched.
testcontainers_config.ryuk_disabled = True


def need_docker() -> None:
    """Skip the test where no container can be started; called from a hook, all such tests are told in one line."""
    if not _answers():
        pytest.skip(NO_DOCKER)


@cache
def _answers() -> bool:
    # The library leaves a socket open where nobody answered; it is collected here, not in a test that knows of nothing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        answers = _pings()
        gc.collect()
    return answers


def _pings() -> bool:
    try:
        return bool(DockerClient().client.ping())
    except Exception:  # Each way of being absent has an exception of its own.
        return False
