"""Measures the embedded default: how soon it is ready, how much memory it takes, how many commands a second it accepts.

Run as `python -m bench.embedded`; the machine should have nothing else to do.
"""

import json
import os
import platform
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2
from rich.console import Console
from rich.table import Table

from tests.e2e.kill_people import settle_in
from tests.e2e.kill_process import Process

RESULTS = Path(__file__).parent / "results" / "embedded.json"
STARTS, CLIENTS, SECONDS = 5, (1, 8), 5.0
KIB_PER_MIB = 1024
COMMAND = "/api/training/courses"
Side = Mapping[str, float]


@dataclass(frozen=True)
class Start:
    """One start: how long until it was ready, how much of that a processor worked, and the memory then."""

    seconds: float
    cpu_seconds: float
    memory_mib: float


def measure_start(folder: Path) -> Start:
    """Start the process on what the folder holds, and end it when it is ready."""
    process, begun = Process(folder), time.monotonic()
    process.start()
    try:
        process.wait_until_ready()
        seconds = time.monotonic() - begun
        return Start(seconds, _cpu_seconds(process.pid), _memory_mib(process.pid))
    finally:
        process.end()


def measure_commands(folder: Path) -> Side:
    """Return how many commands a second are accepted from so many clients, and the memory after them."""
    process = Process(folder)
    process.start()
    try:
        process.wait_until_ready()
        token = settle_in(process, riders=0).staff
        rates = {f"from {clients} at once": _rate(process.address, token, clients) for clients in CLIENTS}
        return {**rates, "memory after them": _memory_mib(process.pid)}
    finally:
        process.end()


def sides() -> dict[str, Side]:
    """Measure everything, in folders that are not kept."""
    with TemporaryDirectory(prefix="cheqi-") as folder:
        first = measure_start(Path(folder))
        starts = [measure_start(Path(folder)) for _start in range(STARTS)]
    with TemporaryDirectory(prefix="cheqi-") as folder:
        commands = measure_commands(Path(folder))
    return {
        "start until ready, s": {
            "median": median(start.seconds for start in starts),
            "best": min(start.seconds for start in starts),
            "processor": median(start.cpu_seconds for start in starts),
            "first, making the stores": first.seconds,
        },
        "resident memory, MiB": {
            "when ready": median(start.memory_mib for start in starts),
            "after the commands": commands["memory after them"],
        },
        "commands accepted, 1/s": {name: rate for name, rate in commands.items() if name.startswith("from")},
    }


def main() -> None:
    """Measure, keep the figures and print them."""
    measured = sides()
    about = {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()[0]}
    kept = {"unit": "s, MiB and 1/s, as each side says", "machine": about, "sides": measured}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    table = Table(title="the embedded default")
    for name in ("what", "which", "figure"):
        table.add_column(name)
    for what, figures in measured.items():
        for which, figure in figures.items():
            table.add_row(what, which, f"{figure:.2f}")
    Console().print(table)


def _rate(address: str, token: str, clients: int) -> float:
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(clients) as pool:
        given = pool.map(lambda _client: _give_until(address, token, until), range(clients))
        return sum(given) / SECONDS


def _give_until(address: str, token: str, until: float) -> int:
    """Give one command after the other, each a transaction that is on the disk when it is answered."""
    accepted = 0
    with httpx2.Client(base_url=address, timeout=30, headers={"Authorization": f"Bearer {token}"}) as http:
        while time.monotonic() < until:
            body = {"title_zh": "急救", "title_en": "First aid"}
            answer = http.post(COMMAND, json=body, headers={"Idempotency-Key": uuid4().hex})
            answer.raise_for_status()
            accepted += 1
    return accepted


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / KIB_PER_MIB


if __name__ == "__main__":
    main()
