"""The whole system as real processes: `cheqi up` on Kafka and PostgreSQL."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench.servers import Servers
from cheqi.rehearsal.people import Signer, Voice
from cheqi.supervisor import PROGRAM
from shared.clock import SystemClock
from shared.random import SystemRandom
from shared.secret_files import SecretFolder
from tests.architecture.tree import ROOT
from tests.containers.patience import until
from tests.ports import free_port

GIVING_WAY = ("nice", "-n", "10")
"""The services give way to the servers: the kernel may share time between all containers and each process of ours."""
READY_WITHIN_S, SETTLED_WITHIN_S, END_WITHIN_S = 120, 300, 60


class System:
    """A system whose databases and tables are made, and which can be run."""

    def __init__(self, running: Servers, folder: Path) -> None:
        self._folder, port = folder, free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._environment = running.environment(folder, self.address) | {"CHEQI_PORT": str(port)}
        for job in ("databases", "migrate"):
            self._run(job).check_returncode()

    @contextmanager
    def up(self) -> Iterator[Voice]:
        """Run it while the block runs; commands are given through what is returned."""
        with (self._folder / "up.log").open("ab") as log:
            command = [*GIVING_WAY, *PROGRAM, "up", "--bus", "kafka", "--store", "postgresql"]
            process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)  # noqa: S603 - ours
        try:
            until(self._is_ready, READY_WITHIN_S)
            signer = Signer(SecretFolder(self._folder / "data" / "keys"), SystemClock(), SystemRandom())
            voice = Voice(lambda _service: self.address, signer, lambda _answer: None)
            yield voice
            voice.close()
        finally:
            process.terminate()
            process.wait(END_WITHIN_S)

    def settle(self) -> None:
        """Wait until every service has applied what the others told."""
        until(lambda: self._run("lag").returncode == 0, SETTLED_WITHIN_S)

    def _run(self, job: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*PROGRAM, job], cwd=ROOT, env=self._environment, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - ours

    def _is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/readyz", timeout=5, trust_env=False).is_success
        except httpx2.TransportError:
            return False
