"""Real child processes are kept running: one that ends or freezes is started again, and all end when told to."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cheqi.supervisor import REFUSED, Command, Patience, Supervisor
from tests.containers.patience import until

CHILD = """
import os, sys, threading
from cheqi.pulse import Pulse
folder, pulse = sys.argv[1], Pulse(int(sys.argv[-1]))
if "silent" not in sys.argv:
    pulse.beat()
else:
    pulse = Pulse(None)
open(f"{folder}/{os.getpid()}", "w").close()
while not threading.Event().wait(0.02):
    pulse.beat()
"""
SUPERVISOR = """
import os, sys
from cheqi.supervisor import Command, Supervisor
command = Command("child", (sys.argv[1],), program=(sys.executable, "-c", sys.argv[2]))
Supervisor([command], dict(os.environ)).run()
"""
WITHIN_S = 30.0


@contextmanager
def kept(
    folder: Path, patience: Patience, *how: str, program: tuple[str, ...] = (sys.executable, "-c", CHILD)
) -> Iterator[Supervisor]:
    """Keep one child running that leaves a file named like its process in the folder."""
    command = Command("child", (str(folder), *how), program=program)
    supervisor = Supervisor([command], dict(os.environ), patience)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.end()
        thread.join(WITHIN_S)
        assert not thread.is_alive()


def started(folder: Path) -> set[int]:
    """Return the processes that were ever started."""
    return {int(path.name) for path in folder.iterdir()}


def is_alive(pid: int) -> bool:
    """Tell whether a process is there."""
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("stroke", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_child_that_ends_or_freezes_is_started_again(tmp_path: Path, stroke: signal.Signals) -> None:
    with kept(tmp_path, Patience(first=WITHIN_S, next=2.5)):
        until(lambda: len(started(tmp_path)) == 1)
        first = started(tmp_path).pop()

        os.kill(first, stroke)

        until(lambda: len(started(tmp_path)) == 2)
        assert not is_alive(first)


def test_a_child_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    program, folder = tmp_path / "program", tmp_path / "started"
    folder.mkdir()
    new = tmp_path / "new"
    new.write_text(f"#!{sys.executable}\n{CHILD}")
    new.chmod(0o700)

    with kept(folder, Patience(), program=(str(program),)):
        new.rename(program)
        until(lambda: len(started(folder)) == 1)


def test_no_child_is_left_when_the_supervisor_ends(tmp_path: Path) -> None:
    with kept(tmp_path, Patience()):
        until(lambda: len(started(tmp_path)) == 1)

    assert not any(is_alive(pid) for pid in started(tmp_path))


def test_a_child_that_never_shows_life_is_started_again(tmp_path: Path) -> None:
    with kept(tmp_path, Patience(first=3.0), "silent"):
        until(lambda: len(started(tmp_path)) > 1)


def test_a_command_that_is_refused_ends_its_supervisor_with_the_same_status_and_is_not_tried_again() -> None:
    alone = [sys.executable, "-m", "cheqi.supervisor", "serve", "nobody", "--role", "api"]

    ended = subprocess.run(alone, capture_output=True, text=True, timeout=WITHIN_S, check=False)  # noqa: S603 - this project's own

    assert ended.returncode == REFUSED
    assert ended.stderr.count("there is no service 'nobody'") == 1


def test_the_supervisor_of_one_command_loads_none_of_the_services() -> None:
    program = "import sys, cheqi.supervisor; print([one for one in ('sqlalchemy', 'pydantic') if one in sys.modules])"

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - the line above

    assert said.stdout == "[]\n"


def test_a_child_ends_when_its_supervisor_is_gone(tmp_path: Path) -> None:
    program = [sys.executable, "-c", SUPERVISOR, str(tmp_path), CHILD]
    supervisor = subprocess.Popen(program)  # noqa: S603 - the two scripts above
    until(lambda: len(started(tmp_path)) == 1)

    supervisor.kill()
    supervisor.wait()

    until(lambda: not any(is_alive(pid) for pid in started(tmp_path)))
