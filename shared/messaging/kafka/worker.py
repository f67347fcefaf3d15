"""The worker of one service on Kafka: a Faust application that hears the publishers and applies their events."""

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import faust
import structlog

from shared.db.store import Store
from shared.messaging import marks
from shared.messaging.failures import place_of
from shared.messaging.kafka.access import MECHANISM, Access
from shared.messaging.kafka.agents import add_agents
from shared.messaging.kafka.applying import Applier
from shared.messaging.kafka.book import Partition
from shared.messaging.kafka.topics import Topics, group_of, topic_of
from shared.messaging.kafka.transport import RunApp, RunConsumer
from shared.messaging.loop import Loop, retry_delay_s

PULSE_S = 1.0
LOOK_EVERY_S = 10.0
STOP_S = 20.0
METADATA_AGE_S = 5
FETCH_MAX_BYTES = 128 * 1024
"""Of each partition; a megabyte of each, and what it unpacks to, was a third of the memory of who catches up."""
RUNS_AHEAD = 2
"""Fetched while another is applied; each is a thousand events of a topic."""
POLL_INTERVAL_MAX_S = 24 * 60 * 60
"""A store that is away may hold up the reading for hours; the watchdog, not the broker, judges who is stuck."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a worker joins its group.

    `static_id` names a member that keeps its partitions over a restart; the broker then waits for it when it is gone.
    """

    access: Access
    transport: Literal["run", "stock"] = "run"
    static_id: str | None = None
    session_s: float = 10
    heartbeat_s: float = 1
    fetch_max: int = 1000


@dataclass(frozen=True)
class Pulse:
    """What a worker tells every second: while it is behind or has not joined, `progress` must grow, or it is stuck.

    `applied` counts the fetches that took effect, where `progress` counts tries too.
    """

    progress: int
    joined: bool
    behind: int
    troubles: tuple[str, ...]
    applied: int = 0
    answered: bool = True
    """Whether the broker answered when it was last asked."""


class KafkaWorker:
    """Hears the publishers until it is stopped; a crash of the client is followed by a new start in this process."""

    def __init__(
        self, store: Store, service: str, sources: Iterable[str], applier: Applier, settings: Settings
    ) -> None:
        self._store, self._group, self._applier, self._settings = store, group_of(service), applier, settings
        self._sources, self._topics = tuple(sorted(sources)), Topics(settings.access)
        self._ranges: Mapping[Partition, tuple[int, int]] = {}
        self._app: faust.App | None = None
        self._joined, self._answered = False, True
        self._ended = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    def run(self, pulse: Callable[[Pulse], None], troubles: Sequence[str] = ()) -> None:
        """Hear until `stop`, and tell of it every second."""
        looking = Loop(self._look, self._excuse, LOOK_EVERY_S)
        looking.start()
        try:
            asyncio.run(self._run(pulse, troubles))
        finally:
            looking.stop()

    def stop(self) -> None:
        """End after the run in hand, or without it when it is being tried again; may be called from any thread."""
        self._ended.set()
        self._applier.stop()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ending.set)

    async def _run(self, pulse: Callable[[Pulse], None], troubles: Sequence[str]) -> None:
        self._loop = asyncio.get_running_loop()
        hearing = asyncio.create_task(self._hear())
        while not hearing.done():
            done = self._applier
            told = Pulse(
                done.progress, self._joined, self._behind(), tuple(troubles), done.applied, answered=self._answered
            )
            pulse(told)
            await asyncio.wait([hearing], timeout=PULSE_S)
        await hearing

    def _behind(self) -> int:
        consumer = self._app.consumer if self._joined and self._app else None
        return consumer.behind(self._ranges) if isinstance(consumer, RunConsumer) else 0

    def _look(self) -> bool:
        """Learn what the partitions hold, past the client that hears them: it may be alive and fetch nothing."""
        self._ranges, self._answered = self._topics.ranges(self._sources), True
        return False

    def _excuse(self, _error: Exception, _failures: int) -> None:
        """A worker that cannot join or read because the broker is away is not stuck."""
        self._applier.progress += 1
        self._answered = False

    async def _hear(self) -> None:
        failures = 0
        while not self._ended.is_set():
            try:
                await asyncio.to_thread(self._topics.refuse_missing, self._sources)
                await self._serve()
                failures = 0
            except Exception as error:  # Whatever ends the client, the worker joins again.
                failures += 1
                log.warning("not hearing", error=type(error).__name__, place=place_of(error), reason=str(error))
            self._applier.progress += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), retry_delay_s(failures))

    async def _serve(self) -> None:
        """Hear until stopped, or until the client crashes: then raise why."""
        with tempfile.TemporaryDirectory() as folder:
            app = self._app = self._make_app(folder)
            try:
                await app.start()
                await app.wait(self._ending.wait())
            finally:
                self._app, self._joined = None, False
                await asyncio.wait_for(app.stop(), STOP_S)
            if app.crashed:
                raise app.crash_reason or RuntimeError("the client crashed")

    def _make_app(self, folder: str) -> faust.App:
        stock = self._settings.transport == "stock"
        app = faust.App(self._group, **self._faust_settings(folder)) if stock else self._make_run_app(folder)
        add_agents(app, self._sources, self._applier, stock=stock)
        app.on_rebalance_complete.connect(self._on_joined)
        app.on_partitions_revoked.connect(self._on_revoked)
        return app

    def _make_run_app(self, folder: str) -> RunApp:
        settings = self._faust_settings(folder)
        app = RunApp(self._group, stream_wait_empty=True, stream_buffer_maxsize=RUNS_AHEAD, **settings)
        app.checkpoints = self._checkpoints
        return app

    def _faust_settings(self, folder: str) -> dict[str, Any]:
        chosen = self._settings
        static = {} if chosen.static_id is None else {"consumer_group_instance_id": chosen.static_id}
        return {
            "broker": ";".join(f"kafka://{server}" for server in chosen.access.servers.split(",")),
            "broker_credentials": _credentials(chosen.access),
            "datadir": folder,
            "store": "memory://",
            "web_enabled": False,
            "topic_allow_declare": False,
            "topic_disable_leader": True,
            "consumer_auto_offset_reset": "earliest",
            "consumer_metadata_max_age_ms": METADATA_AGE_S * 1000,
            "consumer_max_fetch_size": FETCH_MAX_BYTES,
            "broker_max_poll_records": chosen.fetch_max,
            "broker_max_poll_interval": POLL_INTERVAL_MAX_S,
            "broker_session_timeout": chosen.session_s,
            "broker_rebalance_timeout": chosen.session_s,
            "broker_request_timeout": chosen.session_s + 2,
            "broker_heartbeat_interval": chosen.heartbeat_s,
            **static,
        }

    def _checkpoints(self) -> dict[Partition, int]:
        with self._store.read() as session:
            reached = marks.list_checkpoints(session)
        return {(topic_of(source), partition): offset for (source, partition), offset in reached.items()}

    async def _on_joined(self, *_told: Any, **_more: Any) -> None:
        self._joined = True

    async def _on_revoked(self, *_told: Any, **_more: Any) -> None:
        self._joined = False


def _credentials(access: Access) -> faust.SASLCredentials | ssl.SSLContext | None:
    login, tls = access.login, access.tls
    if login is None:
        return tls
    return faust.SASLCredentials(username=login.user, password=login.password, mechanism=MECHANISM, ssl_context=tls)
