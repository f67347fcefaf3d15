"""The command `cheqi` with a witness in its consumers, and with the faults that chaos may plant in its processes.

`keep` keeps the processes of a deployment running; `CHAOS_FAULT=marks` lets workers apply whatever arrives.
"""

import asyncio
import os
import signal
import sys
import threading
from typing import Any

import pytest
from aiokafka.consumer.group_coordinator import CoordinatorGroupRebalance

from cheqi.assembly import SERVICES
from cheqi.main import app
from cheqi.supervisor import Command, Supervisor, run_until_signal
from shared.settings import read_settings
from shared.telemetry import configure_logs
from tests.chaos.witness import call_witness
from tests.sim.faults import marks_not_checked

PROGRAM = (sys.executable, "-m", "tests.chaos.program")
FAULT = "CHAOS_FAULT"
MARKS = "marks"
NEVER_REJOIN = signal.SIGUSR1
API = "serve all --role api"
WORKERS = {name: f"serve {name} --role worker --port 0" for name in SERVICES}
RELAYS = {name: f"serve {name} --role relay --port 0" for name in ("governance", "rewards")}
"""Beside the relays in the workers, so that one takes over from the other."""
LESS_URGENT = 10
"""By how much our processes give way to the servers, which have machines of their own elsewhere: the kernel may share
time between all containers and each process of ours, and a broker takes a minute to start then."""


def prepare() -> None:
    """Call the witness, plant the fault that is asked for, and let the signal keep this process out of its group."""
    call_witness()
    if os.environ.get(FAULT) == MARKS:
        marks_not_checked(pytest.MonkeyPatch())
    _never_rejoin_after_signal()


def _never_rejoin_after_signal() -> None:
    never = threading.Event()
    join = CoordinatorGroupRebalance.perform_group_join

    async def join_unless_never(rebalance: CoordinatorGroupRebalance) -> Any:
        if never.is_set():
            await asyncio.Event().wait()
        return await join(rebalance)

    CoordinatorGroupRebalance.perform_group_join = join_unless_never
    signal.signal(NEVER_REJOIN, lambda *_: never.set())


def _keep() -> None:
    words = [API, *WORKERS.values(), *RELAYS.values()]
    configure_logs(read_settings().log_level)
    os.nice(LESS_URGENT)
    run_until_signal(Supervisor([Command(one, tuple(one.split()), PROGRAM) for one in words], os.environ))


if __name__ == "__main__":
    prepare()
    _keep() if sys.argv[1:] == ["keep"] else app()
