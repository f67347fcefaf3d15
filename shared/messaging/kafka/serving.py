"""Serving one service's worker, or its relay alone, in this process until a signal ends it."""

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from types import FrameType
from typing import Protocol

import structlog

from shared.db.commits import taking_hints
from shared.messaging.failures import place_of
from shared.messaging.kafka.applying import Applier
from shared.messaging.kafka.beside import RelayLoop, chores
from shared.messaging.kafka.worker import PULSE_S, KafkaWorker, Pulse, Settings
from shared.messaging.source import Source
from shared.node import Node

COLLECT_AFTER = (10_000, 2, 2)
"""Objects between looks for cycles, and young looks between older ones.

What a run makes dies with it by itself, and looking at it all the time took a sixth of the processor. But statements
are cycles, few objects that hold the ids of a whole run; looked for too seldom they filled 200 MiB in a million events.
"""

log = structlog.get_logger(__name__)


class Sweeping(Protocol):
    """What sweeps beside the bus."""

    @property
    def swept(self) -> int:
        """How far the sweep has come."""
        ...

    def sweep_when_due(self) -> bool:
        """Sweep, unless that was done a short while ago."""
        ...


def run_worker(
    node: Node,
    sources: Mapping[str, Source],
    settings: Settings,
    pulse: Callable[[Pulse], None] = lambda _pulse: None,
    send: Callable[[], int] = lambda: 0,
) -> None:
    """Apply, relay, sweep and fire timers until SIGTERM or SIGINT; `pulse` is called every second from this thread.

    A run in hand is finished, or abandoned when it was being tried again. The first sweep comes before the first event
    from the bus, unless a publisher cannot be asked: the sweep goes on trying beside the bus. A consumer that starts a
    year late sweeps for long, and says meanwhile how far it has come.
    """
    consumer = node.consumer()
    applier = Applier(consumer, node.troubles)
    worker = KafkaWorker(node.store, node.service.name, node.hears, applier, settings)
    relay, beside = RelayLoop(node, settings.access, holder_name()), chores(node, sources, consumer, send)
    _on_signal(worker.stop, beside.stop_sweep)
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    sweep_first(beside, pulse)
    node.store.on_commit = relay.wake
    with taking_hints(node.store, relay.wake):
        relay.start()
        beside.start()
        try:
            worker.run(pulse, node.troubles)
        finally:
            beside.stop()
            relay.stop()


def run_relay(node: Node, settings: Settings, pulse: Callable[[], None] = lambda: None) -> None:
    """Relay until SIGTERM or SIGINT; `pulse` is called every second from this thread."""
    ended = threading.Event()
    relay = RelayLoop(node, settings.access, holder_name())
    _on_signal(ended.set)
    with taking_hints(node.store, relay.wake):
        relay.start()
        while not ended.wait(PULSE_S):
            pulse()
        relay.stop()


def sweep_first(beside: Sweeping, pulse: Callable[[Pulse], None]) -> None:
    """Sweep once and tell every second how far that has come; what fails is left to the rounds beside the bus."""
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(beside.sweep_when_due)
        while wait([first], PULSE_S).not_done:
            pulse(Pulse(beside.swept, joined=False, behind=0, troubles=()))
    if (error := first.exception()) is not None:
        log.warning("the first sweep is put off", error=type(error).__name__, place=place_of(error))


def holder_name() -> str:
    """Return the name under which this process holds leases."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _on_signal(*stops: Callable[[], None]) -> None:
    def ended(_number: int, _frame: FrameType | None) -> None:
        for stop in stops:
            stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ended)
