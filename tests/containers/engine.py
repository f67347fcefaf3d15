"""Whether a Docker Engine answers here."""

from functools import cache

import docker
import pytest
from docker.errors import DockerException


def require_engine() -> None:
    """Skip the test where no Docker Engine answers; called from a hook, all such tests are told in one line."""
    if not _answers():
        pytest.skip("no Docker Engine answers: tests on real servers are left out")


@cache
def _answers() -> bool:
    try:
        docker.from_env().close()
    except DockerException:
        return False
    return True
