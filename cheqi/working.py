"""One service's worker, or its relay alone, on Kafka: what it is put together of, and how it shows that it works."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from cheqi.assembly import Assembly
from cheqi.pulse import Pulse, Watch
from cheqi.serve import served_operations
from shared.errors import ConfigurationError
from shared.messaging.kafka.serving import run_relay, run_worker
from shared.messaging.kafka.worker import Pulse as Progress
from shared.messaging.kafka.worker import Settings as WorkerSettings
from shared.messaging.standstill import Standstill
from shared.node import Node
from shared.service import Service
from shared.settings import Settings
from shared.telemetry import configure_logs
from shared.web.host import Health

__all__ = ["WorkerSettings", "serve_relay", "serve_worker"]
NOT_JOINED = "the worker has not joined its group on Kafka yet"
UNANSWERED = "Kafka does not answer"


class Working:
    """A worker as an operator sees it: ready when its service is, and when it has joined its group on a live broker."""

    def __init__(self, node: Node, pulse: Pulse, seconds: Callable[[], float] = time.monotonic) -> None:
        self.service: Service = node.service
        self.gauges = node.gauges
        # Its supervisor is told of tries too, by the watch; operators are told how long nothing took effect.
        self._node, self._watch, self._still = node, Watch(pulse), Standstill(seconds)
        self._why_not = [NOT_JOINED]
        node.vitals["stalled_seconds"] = lambda: self._still.seconds

    def see(self, progress: Progress) -> None:
        """Take note of how far the worker has come."""
        self._why_not = [*([] if progress.joined else [NOT_JOINED]), *([] if progress.answered else [UNANSWERED])]
        idle = progress.joined and not progress.behind
        self._watch.see(progress=progress.progress, idle=idle)
        self._still.see(progress=progress.applied, idle=idle)
        self._node.vitals["behind_events"] = lambda: progress.behind

    def health(self) -> Health:
        """Tell whether the worker can do its work, and why not."""
        health = self._node.health()
        return replace(health, ready=health.ready and not self._why_not, reasons=[*health.reasons, *self._why_not])


def serve_worker(settings: Settings, service: str, how: WorkerSettings, pulse: Pulse) -> None:
    """Run a service's worker until a signal ends it; raises ConfigurationError or BackfillNeededError at its start."""
    with _node_of(settings, service) as (assembly, node):
        node.operator().take_up_types()
        working = Working(node, pulse)
        with served_operations(working, settings):
            run_worker(node, assembly.remote_logs(node), how, working.see, assembly.sender(node))


def serve_relay(settings: Settings, service: str, how: WorkerSettings, pulse: Pulse) -> None:
    """Run a service's relay alone until a signal ends it."""
    with _node_of(settings, service) as (_, node), served_operations(node, settings):
        run_relay(node, how, pulse.beat)


@contextmanager
def _node_of(settings: Settings, service: str) -> Iterator[tuple[Assembly, Node]]:
    configure_logs(settings.log_level)
    if settings.services_url is None:
        message = "set CHEQI_SERVICES_URL to where services reach each other, such as http://{service}:8080"
        raise ConfigurationError(message)
    assembly = Assembly(settings)
    try:
        node = assembly.node(service)
        if node.troubles:
            raise ConfigurationError("; ".join(node.troubles))
        node.refuse_start()
        yield assembly, node
    finally:
        assembly.close()
