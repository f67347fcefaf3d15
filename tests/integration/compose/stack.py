"""A stack of `docker-compose.yml`, under a name and on a port of its own."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from random import SystemRandom
from typing import Any

import httpx2
import pytest

from shared.settings import PREFIX
from tests.containers.image import ROOT
from tests.containers.patience import until
from tests.ports import free_port

SERVICES = ("registration", "governance", "rewards", "training", "notify")
JOBS = ("secrets", "databases", "topics", "migrate")
WITHIN_S = 600
HEALED_WITHIN_S = 240
PROBE = ("python", "-m", "cheqi.probe")
REASONS = "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8080); c.request('GET', '/readyz'); print(c.getresponse().read().decode())"  # noqa: E501 - one line for one program


@cache
def need_compose() -> None:
    """Skip the test where Docker has no command `compose`."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0:  # noqa: S607 - the operator's own
        pytest.skip("Docker has no command compose: tests of the compose file are left out")


class Stack:
    """What an operator does with the compose file."""

    def __init__(self) -> None:
        number = SystemRandom().randrange(256)
        self.name, self.port = f"cheqi-tested-{number}", free_port()
        self.image = f"{self.name}:latest"
        self.variables = {
            "COMPOSE_PROJECT_NAME": self.name,
            "COMPOSE_PROFILES": "demo",
            "CHEQI_IMAGE": self.image,
            "CHEQI_SITE": self.address,
            "CHEQI_PORT": str(self.port),
            "CHEQI_FRONT": f"10.203.{number}",
        }

    @property
    def address(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.port}"

    def compose(
        self, *words: str, given: str = "", status: int | None = 0, changed: Mapping[str, str] = {}
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker compose`, which has to end with that status where one is named."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "COMPOSE_"))}
        done = subprocess.run(  # noqa: S603 - this project's own file
            ["docker", "compose", "--env-file", os.devnull, *words],  # noqa: S607 - the operator's own
            cwd=ROOT,
            env=kept | self.variables | dict(changed),
            input=given,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        assert status in (None, done.returncode), done.stdout[-2000:] + done.stderr[-4000:]
        return done

    def up(self, *services: str) -> None:
        """Bring it up, and wait until all of it is healthy."""
        try:
            self.compose("up", "--no-build", "--detach", "--wait", *services)
        except AssertionError as failed:
            raise AssertionError(self.compose("logs", "--tail", "20").stdout[-8000:]) from failed

    def remove(self) -> None:
        """Remove it, and all that it kept."""
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "5")

    def config(self, **changed: str) -> Any:
        """Return what the file says under these variables."""
        return json.loads(self.compose("config", "--format", "json", changed=changed).stdout)

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Carry out a command of `cheqi` in the operator's container."""
        return self.compose("run", "--rm", "-T", "operator", *arguments, given=given, status=None)

    def inside(self, service: str, *program: str, status: int | None = 0) -> str:
        """Return what a program says that runs in the container of a service."""
        return self.compose("exec", "-T", service, *program, status=status).stdout

    def messages(self) -> Sequence[dict[str, str]]:
        """Return the newest text messages that the trial adapter kept, newest first."""
        return list(json.loads(self.run("sms", "--json").stdout or "[]"))

    def is_ready(self, service: str) -> bool:
        """Tell whether a service's own probe says so; what is not there is not ready."""
        return self.compose("exec", "-T", service, *PROBE, status=None).returncode == 0

    def reasons(self, service: str) -> Mapping[str, Any]:
        """Return why a service is not ready."""
        return dict(json.loads(self.inside(service, "python", "-c", REASONS))["reasons"])

    def kill(self, service: str) -> None:
        """Kill every process of a service's container, as the end of its machine would."""
        self.compose("exec", "-T", service, "sh", "-c", "kill -9 -1", status=None)

    def started(self, service: str) -> str:
        """Return when a service's container was started last."""
        container = self.compose("ps", "--all", "--quiet", service).stdout.strip()
        asked = ["docker", "inspect", "--format", "{{.State.StartedAt}}", container]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 - docker's own

    def states(self) -> dict[str, tuple[str, str]]:
        """Return the state and health of each container by its service."""
        lines = self.compose("ps", "--all", "--format", "json").stdout.splitlines()
        found = [json.loads(line) for line in lines]
        return {one["Service"]: (one["State"], one["Health"]) for one in found}

    def answers(self) -> bool:
        """Tell whether registration answers at the gateway."""
        try:
            return httpx2.get(f"{self.address}/api/registration/jwks.json", timeout=40).is_success
        except httpx2.TransportError:
            return False

    def wait_until_healthy(self) -> None:
        """Wait until everything that is to run does, and says that it can do its work."""
        until(self._all_healthy, HEALED_WITHIN_S)

    def _all_healthy(self) -> bool:
        found = self.states()
        return all(found[name] == ("running", "healthy") for name in found if name not in JOBS)
