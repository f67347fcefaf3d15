"""The stage of applying: a store that has heard of reports, copies of it, and a topic of verifications."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import URL, select, text

from bench.hazards import plain, rewards
from bench.servers import Servers
from shared.clock import SystemClock
from shared.db.migrate import migrate
from shared.db.provisioning import Tenant, provision
from shared.db.store import Store, open_store
from shared.events.envelope import Envelope
from shared.keys.box import MemoryKeyBox, make_key_table
from shared.keys.ring import KeyRing
from shared.messaging.bus import Record, Run
from shared.messaging.consumer import Consumer
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.kafka.topics import Topics
from shared.messaging.tables import checkpoint, event_log, mark, parked, timer, waiting
from tests.architecture.tree import ROOT
from tests.containers.patience import until

SERVICE, PASSWORD = "rewards", "bench"
ROLE = DATABASE = f"cheqi_{SERVICE}"
CHEQI = (sys.executable, "-c", "from cheqi.main import app; app()")
AT_ONCE = 1000
TABLES = (*rewards().metadata.sorted_tables, mark, parked, waiting, timer, event_log, checkpoint)
HELD_ELSEWHERE = """INSERT INTO relay_lease (name, holder, expires_at, position, seal, sent)
    VALUES ('relay', 'elsewhere', '2999-01-01', 0, '', 0)"""
"""No side relays: the lease is another's, as where `--role relay` runs on a host of its own."""


class Stage:
    """A broker that holds verifications, and a store that holds their reports; each side gets a copy of the store."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.kafka, self._server, self._folder = servers.broker.servers, servers.database, folder
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        names = (DATABASE, f"{DATABASE}_keys")
        provision(self._server.admin, [Tenant(ROLE, PASSWORD, names)])
        make_key_table(self.url(names[1]))
        server = f"{self._server.admin.host}:{self._server.admin.port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CHEQI_")} | {
            "CHEQI_DATA": str(folder / "data"),
            "CHEQI_STORE": "postgresql",
            "CHEQI_DATABASE_URL": f"postgresql+psycopg://cheqi_{{service}}@{server}/cheqi_{{service}}",
            "CHEQI_DATABASE_PASSWORD_FILE": str(password),
            "CHEQI_KAFKA": self.kafka,
            "CHEQI_SERVICES_URL": "http://127.0.0.1:9",
            "CHEQI_SMS": "trial",
            "CHEQI_LOG_LEVEL": "error",
        }

    def url(self, database: str = DATABASE) -> URL:
        """Return the address of a database, as rewards reaches it."""
        return self._server.address(database).set(username=ROLE, password=PASSWORD)

    def fill(self, reported: Sequence[str], verified: Sequence[str]) -> None:
        """Let rewards hear of the reports, and put the verifications on the bus."""
        migrate(self.url(), f"services.{SERVICE}")
        store = open_store(self.url())
        consumer = Consumer(rewards(), store, KeyRing(b"k" * 32, MemoryKeyBox()), SystemClock())
        for run in _chunks(reported):
            consumer.apply(Run("governance", run))
        with store.engine.begin() as connection:
            connection.execute(text(HELD_ELSEWHERE))
        store.close()
        self._server.execute(f'ALTER DATABASE "{DATABASE}" RENAME TO filled')
        Topics(self.kafka).provision(["governance", "registration", "training"], 1)
        bus = KafkaBus(self.kafka)
        for run in _chunks(verified):
            bus.publish("governance", [Record(Envelope.parse(one).subject, one) for one in run]).result()
        bus.close()

    @contextmanager
    def fresh(self, kept_as: str) -> Iterator[None]:
        """Let the service's store be a copy of the filled one while the block runs; keep it under another name."""
        self._server.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE filled OWNER "{ROLE}" STRATEGY FILE_COPY')
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            with psycopg.connect(plain(self.admin_url(DATABASE)), autocommit=True) as connection:
                connection.execute(statement.encode())
        yield
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

    def start(self, side: str) -> subprocess.Popen[bytes]:
        """Start a process of a side: the worker, or a peer by the name of its module."""
        if side == "cheqi":
            command = [*CHEQI, "serve", SERVICE, "--role", "worker", "--port", "0"]
        else:
            arguments = (self.kafka, plain(self.url().render_as_string(hide_password=False)), self._group)
            command = [sys.executable, "-m", f"bench.peers.{side}", *arguments]
        with (self._folder / f"{side}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)  # noqa: S603 - ours

    def told_by(self, side: str) -> str:
        """Return what the processes of a side wrote at last."""
        return (self._folder / f"{side}.log").read_text(encoding="utf-8")[-4000:]

    def new_group(self) -> None:
        """Let the peers that start next hear the topic from its beginning."""
        self._group = f"bench-{uuid4().hex}"

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


def _chunks(documents: Sequence[str]) -> Iterator[tuple[str, ...]]:
    left = iter(documents)
    while run := tuple(islice(left, AT_ONCE)):
        yield run
