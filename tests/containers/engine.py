"""Whether a Docker Engine answers here."""

import docker
import pytest
from docker.errors import DockerException


def require_engine() -> None:
    """Skip the test where no Docker Engine answers."""
    try:
        docker.from_env().close()
    except DockerException:
        pytest.skip("no Docker Engine answers: tests on real servers are left out")
