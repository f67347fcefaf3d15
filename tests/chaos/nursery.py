"""A process that has loaded the program, and forks a worker for each line that names a service."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from cheqi import working
from cheqi.main import app
from shared.settings import Settings
from tests.chaos.program import WORKERS, prepare
from tests.e2e.kill_process import END_WITHIN_S, environment_of

LOADED = (working,)


class Nursery:
    """Starts workers that need not load the program first, and ends them."""

    def __init__(self, settings: Settings) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            env=environment_of(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self._alive: list[int] = []
        self._one_by_one = threading.Lock()

    def __enter__(self) -> Self:
        """Return it when it has loaded the program."""
        self._told()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End every worker and the nursery."""
        for pid in list(self._alive):
            self._signal(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(END_WITHIN_S)

    def start(self, service: str) -> int:
        """Start a worker of a service; return its process."""
        assert self._process.stdin is not None
        with self._one_by_one:
            self._process.stdin.write(f"{service}\n")
            pid = self._told()
        self._alive.append(pid)
        return pid

    def end(self, pid: int) -> None:
        """Tell a worker to end."""
        self._signal(pid, signal.SIGTERM)

    def _told(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def main() -> None:
    """Fork workers until standard input ends; whoever asks for them ends them."""
    prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(os.getpid(), flush=True)  # noqa: T201 - it is ready
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _work(line.strip())
        print(pid, flush=True)  # noqa: T201 - the answer


def _work(service: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdin.fileno())
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdout.fileno())
    app(WORKERS[service].split())


if __name__ == "__main__":
    main()
