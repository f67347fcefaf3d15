"""Measures the embedded default: how soon it is ready, how much memory it takes, how many commands a second it accepts.

Run as `python -m bench.embedded [--riders 10000]` on a machine that does nothing else. The riders are registered
over HTTP before the clock runs.
"""

import os
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2

from bench import results
from cheqi.folder import data_folder
from cheqi.rehearsal.deeds import register
from cheqi.rehearsal.people import Signer, Voice
from shared.clock import SystemClock
from shared.places import subdistricts
from shared.random import SystemRandom
from tests.e2e.kill_people import settle_in
from tests.e2e.kill_process import Process

STARTS, CLIENTS, SECONDS, AT_ONCE = 5, (1, 8), 5.0, 8
KIB_PER_MIB = 1024
FIRST_PHONE = 18600000000
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
        return Start(seconds, _cpu_seconds(process.pid), memory_mib(process.pid))
    finally:
        process.end()


def measure_commands(folder: Path, riders: int, rounds: int) -> tuple[dict[str, list[float]], float]:
    """Return how many commands a second are accepted from so many clients, a figure a round, and the memory after."""
    process, rates = Process(folder), defaultdict[str, list[float]](list)
    process.start()
    try:
        process.wait_until_ready()
        token = settle_in(process, riders=0).staff
        settle(process, riders)
        for _round in range(rounds):
            for clients in CLIENTS:
                rates[f"from {clients} at once"].append(_rate(process.address, token, clients))
        return rates, memory_mib(process.pid)
    finally:
        process.end()


def settle(process: Process, riders: int) -> None:
    """Register so many riders, a sub-district after the other."""
    signer = Signer(data_folder(process.settings, "registration").secrets, SystemClock(), SystemRandom())
    voice, places = Voice(process.settings.address_of, signer, lambda _answer: None), sorted(subdistricts())

    def ride(number: int) -> None:
        random = Random(number)  # noqa: S311 - a seed repeats it
        register(voice, places[number % len(places)], str(FIRST_PHONE + number), random)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(ride, range(riders)))
    voice.close()


def main() -> None:
    """Measure, keep the figures and print them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--riders", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="cheqi-") as folder:
        rates, after = measure_commands(Path(folder), asked.riders, asked.rounds)
        starts = [measure_start(Path(folder)) for _start in range(STARTS)]
    with TemporaryDirectory(prefix="cheqi-") as folder:
        first = measure_start(Path(folder))
    start = {
        "median": median(one.seconds for one in starts),
        "best": min(one.seconds for one in starts),
        "processor": median(one.cpu_seconds for one in starts),
        "first, making the stores": first.seconds,
    }
    memory = {"when ready": median(one.memory_mib for one in starts), "after the commands": after}
    about = {"start_s": _rounded(start), "memory_mib": _rounded(memory)}
    results.keep("embedded", "commands/s", rates, riders=asked.riders, **about)
    results.note(f"start, s: {about['start_s']}; memory, MiB: {about['memory_mib']}")


def _rounded(figures: Side) -> dict[str, float]:
    return {name: round(figure, 2) for name, figure in figures.items()}


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


def memory_mib(pid: int) -> float:
    """Return a process's resident memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / KIB_PER_MIB


if __name__ == "__main__":
    main()
