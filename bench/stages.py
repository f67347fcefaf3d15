"""The stage of applying: a store that has heard of reports, copies of it, and a topic of verifications."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple
from uuid import uuid4

import psycopg
from kafka import KafkaAdminClient, TopicPartition
from sqlalchemy import URL, select, text

from bench.hazards import plain, rewards
from bench.servers import PASSWORD, Servers
from cheqi.supervisor import PROGRAM
from shared.clock import SystemClock
from shared.db.migrate import migrate
from shared.db.provisioning import CODE_POINT_ORDER, Tenant, provision
from shared.db.store import Store, open_store
from shared.events.envelope import Envelope
from shared.keys.box import MemoryKeyBox, make_key_table
from shared.keys.ring import KeyRing
from shared.messaging.bus import Record, Run
from shared.messaging.consumer import Consumer
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.kafka.topics import PARTITIONS, Topics, topic_of
from shared.messaging.tables import checkpoint, event_log, mark, parked, timer, waiting
from tests.architecture.tree import ROOT
from tests.containers.patience import until

SERVICE = "rewards"
ROLE = DATABASE = f"cheqi_{SERVICE}"
AT_ONCE = 1000
TABLES = (*rewards().metadata.sorted_tables, mark, parked, waiting, timer, event_log, checkpoint)
NOBODY = "http://127.0.0.1:9"
HEARD = ("governance", "registration", "training")
LOOK_EVERY_S, PATIENCE_S = 0.02, 120
HELD_ELSEWHERE = """INSERT INTO relay_lease (name, holder, expires_at, position, seal, sent)
    VALUES ('relay', 'elsewhere', '2999-01-01', 0, '', 0)"""


class Moment(NamedTuple):
    """How far something had come, and when."""

    reached: int
    at_s: float


class Stage:
    """A broker, and stores of rewards: each side begins with a copy of a template of its own."""

    _made = False

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.kafka, self._server, self._folder = servers.broker.servers, servers.database, folder
        self.environment = servers.environment(folder, NOBODY)
        self._group = ""
        names = (DATABASE, f"{DATABASE}_keys")
        provision(self._server.admin, [Tenant(ROLE, PASSWORD, names, connections=100)])
        make_key_table(self.url(names[1]))

    def url(self, database: str = DATABASE) -> URL:
        """Return the address of a database, as rewards reaches it."""
        return self._server.address(database).set(username=ROLE, password=PASSWORD)

    def make(self, template: str, fill: Callable[[Store], None]) -> None:
        """Make a store of rewards, fill it, and keep it as a template."""
        if self._made:
            self._server.execute(f'CREATE DATABASE "{DATABASE}" OWNER "{ROLE}" {CODE_POINT_ORDER}')
        self._made = True
        migrate(self.url(), f"services.{SERVICE}")
        store = open_store(self.url())
        fill(store)
        store.close()
        with psycopg.connect(plain(self.admin_url(DATABASE)), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        self._server.execute(f'ALTER DATABASE "{DATABASE}" RENAME TO "{template}"')

    def publish(self, source: str, documents: Iterable[str]) -> None:
        """Put events on a publisher's topic, which is emptied first."""
        self.empty(source)
        bus = KafkaBus(Access(self.kafka))
        for run in chunks(documents):
            bus.publish(source, [Record(Envelope.parse(one).subject, one) for one in run]).result()
        bus.close()

    def empty(self, *sources: str) -> None:
        """Make topics, or forget what they hold."""
        Topics(Access(self.kafka)).provision([*sources, *HEARD], 1)
        ends = {TopicPartition(topic_of(source), one): -1 for source in sources for one in range(PARTITIONS)}
        with closing(KafkaAdminClient(bootstrap_servers=self.kafka)) as admin:
            admin.delete_records(ends)

    @contextmanager
    def fresh(self, template: str, kept_as: str | None = None) -> Iterator[psycopg.Connection]:
        """Let the service's store be a copy of a template while the block runs; keep it under a name, or drop it."""
        self._server.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{template}" OWNER "{ROLE}" STRATEGY FILE_COPY')
        with psycopg.connect(plain(self.admin_url(DATABASE)), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            yield connection
        if kept_as is None:
            self.drop(DATABASE)
        else:
            until(self._unused)
            self._server.execute(f'ALTER DATABASE "{DATABASE}" RENAME TO "{kept_as}"')

    def drop(self, *names: str) -> None:
        """Drop stores that were kept."""
        for name in names:
            self._server.drop(self._server.address(name))

    def admin_url(self, database: str) -> str:
        """Return the address of a database as the administrator reaches it."""
        return self._server.address(database).render_as_string(hide_password=False)

    def store(self, name: str) -> Store:
        """Open a store that was kept."""
        return open_store(self.url(name))

    @contextmanager
    def running(self, side: str, role: str = "worker", count: int = 1) -> Iterator[list[Popen[bytes]]]:
        """Run processes of a side while the block runs: the service in a role, or a peer by the name of its module."""
        self._group = f"bench-{uuid4().hex}"
        processes = [self._start(side, role) for _process in range(count)]
        try:
            yield processes
        except TimeoutError as error:
            raise RuntimeError(self._told_by(side)) from error
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()

    def output(self, peer: str) -> str:
        """Run a peer to its end, and return what it printed."""
        done = subprocess.run(self._command(peer, ""), cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - ours
        return done.stdout

    def _start(self, side: str, role: str) -> Popen[bytes]:
        with (self._folder / f"{side}.log").open("ab") as log:
            command = self._command(side, role)
            return Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)  # noqa: S603 - ours

    def _command(self, side: str, role: str) -> list[str]:
        if side == "cheqi":
            return [*PROGRAM, "serve", SERVICE, "--role", role, "--port", "0"]
        store = plain(self.url().render_as_string(hide_password=False))
        return [sys.executable, "-m", f"bench.peers.{side}", self.kafka, store, self._group]

    def _told_by(self, side: str) -> str:
        """Return what the processes of a side wrote at last."""
        return (self._folder / f"{side}.log").read_text(encoding="utf-8")[-4000:]

    def _unused(self) -> bool:
        with psycopg.connect(plain(self.admin_url("postgres"))) as connection:
            row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [DATABASE]).fetchone()
            return row == (0,)


def differences(one: Store, other: Store) -> list[str]:
    """Return the tables in which two stores differ."""
    found = []
    for table in TABLES:
        columns = [column for column in table.c if column.name != "ordinal"]
        with one.read() as left, other.read() as right:
            rows = [sorted(map(str, session.execute(select(*columns)))) for session in (left, right)]
        if rows[0] != rows[1]:
            found.append(f"{table.name}: {len(rows[0])} and {len(rows[1])} rows")
    return found


def hear(store: Store, documents: Iterable[str]) -> None:
    """Let rewards apply events of governance to a store."""
    consumer = Consumer(rewards(), store, KeyRing(b"k" * 32, MemoryKeyBox()), SystemClock())
    for run in chunks(documents):
        consumer.apply(Run("governance", run))


def leave_relaying_to_others(store: Store) -> None:
    """Let the relay's lease be another's, as where `--role relay` runs on a host of its own."""
    with store.engine.begin() as connection:
        connection.execute(text(HELD_ELSEWHERE))


def await_reached(connection: psycopg.Connection, query: str, wanted: int, running: Sequence[Popen[bytes]]) -> Moment:
    """Wait until a query gives a number; return which and when. Raises TimeoutError when it does not move on."""
    seen, until_s = -1, 0.0
    while True:
        row = connection.execute(query.encode()).fetchone()
        moment = Moment(int(row[0] or 0) if row else 0, time.monotonic())
        if moment.reached >= wanted:
            return moment
        if moment.reached > seen:
            seen, until_s = moment.reached, moment.at_s + PATIENCE_S
        if moment.at_s > until_s or any(process.poll() is not None for process in running):
            message = f"{moment.reached} of {wanted} were reached, then nothing came"
            raise TimeoutError(message)
        time.sleep(LOOK_EVERY_S)


def chunks(documents: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield documents by a thousand."""
    left = iter(documents)
    while run := tuple(islice(left, AT_ONCE)):
        yield run
