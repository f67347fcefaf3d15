"""A supervisor: runs commands as child processes, and starts again whichever ends or shows no sign of life.

`python -m cheqi.supervisor ARGUMENTS` runs one command of `cheqi` so, and loads nothing else itself: it is what a
container of its own begins with.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

END_WITHIN_S = 20.0
RESTART_DELAY_MAX_S = 10.0
BEATS_READ_MAX = 4096
REFUSED = 2
"""The status of a command that cannot be carried out as it is set up."""
PROGRAM = (sys.executable, "-m", "cheqi")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long a child may take to its first sign of life, and from one to the next, in seconds.

    A child that ends with the status `refusal` before its first sign of life is not started again.
    """

    first: float = 180.0
    next: float = 30.0
    refusal: int | None = None


@dataclass(frozen=True)
class Command:
    """A command that is to run all the time; `--pulse` and the number of its pipe are added to its arguments."""

    name: str
    arguments: tuple[str, ...]
    program: tuple[str, ...] = PROGRAM


class Supervisor:
    """Keeps commands running until it is told to end.

    A child writes to a pipe as long as its work goes on; a frozen one cannot, and is killed and started again.
    """

    def __init__(
        self, commands: Sequence[Command], environment: Mapping[str, str], patience: Patience | None = None
    ) -> None:
        self._ending = threading.Event()
        self._keepers = [_Keeper(one, environment, patience or Patience(), self._ending) for one in commands]

    @property
    def refused(self) -> bool:
        """Whether every command was refused, and none is started again."""
        return all(keeper.refused for keeper in self._keepers)

    def run(self) -> None:
        """Run the commands until `end` is called; the children have ended when this returns."""
        threads = [threading.Thread(target=keeper.keep) for keeper in self._keepers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self) -> None:
        """Ask every child to end."""
        self._ending.set()
        for keeper in self._keepers:
            keeper.end()


class _Keeper:
    """Keeps one command running."""

    def __init__(
        self, command: Command, environment: Mapping[str, str], patience: Patience, ending: threading.Event
    ) -> None:
        self._command, self._environment, self._patience, self._ending = command, environment, patience, ending
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.refused = False

    def keep(self) -> None:
        """Start the command again and again, after a longer pause each time it never came to work."""
        failures = 0
        while not self._ending.wait(min(RESTART_DELAY_MAX_S, 0.1 * 2**failures) if failures else 0):
            worked = self._run_once()
            if self.refused:
                return
            failures = 1 if worked else failures + 1

    def end(self) -> None:
        """Ask the child to end."""
        with self._lock:
            if self._child is not None:
                self._child.terminate()

    def _run_once(self) -> bool:
        """Run the command until it ends, is told to, or shows no sign of life; tell whether it ever came to work."""
        reading, writing = os.pipe()
        try:
            child = self._start(writing)
            os.close(writing)
            worked = child is not None and self._beats_until_end(reading)
        finally:
            os.close(reading)
        if child is not None:
            status = self._reap(child)
            self.refused = not worked and status == self._patience.refusal
        return worked

    def _start(self, writing: int) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._ending.is_set():
                return None
            arguments = [*self._command.program, *self._command.arguments, "--pulse", str(writing)]
            try:
                self._child = subprocess.Popen(  # noqa: S603 - this program's own command
                    arguments, env=dict(self._environment), pass_fds=(writing,), start_new_session=True
                )
            except OSError as error:
                log.exception("not started", command=self._command.name, reason=str(error))
                return None
            return self._child

    def _beats_until_end(self, reading: int) -> bool:
        """Wait for the end of the child's pipe, or for a beat that does not come; tell whether any came."""
        worked = False
        while not self._ending.is_set():
            patience = self._patience.next if worked else self._patience.first
            ready, _, _ = select.select([reading], [], [], patience)
            if not ready:
                log.error("no sign of life", command=self._command.name)
                break
            if not os.read(reading, BEATS_READ_MAX):
                break
            worked = True
        return worked

    def _reap(self, child: subprocess.Popen[bytes]) -> int:
        if self._ending.is_set():
            with suppress(subprocess.TimeoutExpired):
                child.wait(END_WITHIN_S)
        child.kill()
        status = child.wait()
        if not self._ending.is_set():
            log.error("ended", command=self._command.name, status=status)
        return status


def run_until_signal(supervisor: Supervisor) -> None:
    """Keep the commands running until this process is asked to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.end())
    supervisor.run()


def supervise(arguments: Sequence[str]) -> int:
    """Keep one command of `cheqi` running; return the status to end with."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    supervisor = Supervisor([Command(" ".join(arguments), tuple(arguments))], os.environ, Patience(refusal=REFUSED))
    run_until_signal(supervisor)
    return REFUSED if supervisor.refused else 0


if __name__ == "__main__":
    sys.exit(supervise(sys.argv[1:]))
