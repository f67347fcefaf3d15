"""The article's day, played by the command itself."""

import socket
import subprocess
from pathlib import Path

import pytest

from cheqi.demo.play import STEPS
from cheqi.supervisor import PROGRAM
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
WITHIN_S = 280
TOLD = (
    "29 个街镇、678 个社区都在",
    "3 minutes later Chen reports the same 20 m away",
    "50 points for Lin, 25 for Chen; verified twice, awarded once",
    "5 reports a day earn",
    "The class begins with 6 learners",
    "A report a minute before midnight in Shanghai earns nothing",
    "Audit: hazards, ledger, vouchers and certificates agree",
    "A posting altered by hand in a copy of the data is found and named",
)


def demo(port: int) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [*PROGRAM, "demo", "--once", "--port", str(port)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)  # noqa: S603 - the project's own command


@pytest.mark.timeout(300)
def test_the_command_plays_the_whole_day_and_every_step_holds() -> None:
    played = demo(free_port())

    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.count("✓") == len(STEPS)
    assert "✗" not in played.stdout
    assert [line for line in TOLD if line not in played.stdout] == []


def test_the_command_says_which_port_is_taken_and_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        played = demo(port)

    assert played.returncode == 2
    assert str(port) in played.stderr
    assert "--port" in played.stderr
