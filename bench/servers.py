"""The servers that benchmarks run on: one Kafka broker and one PostgreSQL server, in containers that are removed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from tests.containers.kafka import Broker
from tests.containers.postgresql import Server

PASSWORD = token_hex(16)
DURABLE = "-c shared_buffers=512MB -c max_wal_size=4GB -c max_connections=200 -c track_commit_timestamp=on"
"""What is committed is on the disk, as PostgreSQL has it by default; memory is as a server of this use has it."""


@dataclass(frozen=True)
class Servers:
    """A broker and a server that answer."""

    broker: Broker
    database: Server

    def environment(self, folder: Path, address: str) -> dict[str, str]:
        """Return the settings of services on these servers that reach each other at an address."""
        password, admin = folder / "password", self.database.admin
        password.write_text(PASSWORD, encoding="utf-8")
        server = f"{admin.host}:{admin.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHEQI_")}
        return kept | {
            "CHEQI_DATA": str(folder / "data"),
            "CHEQI_STORE": "postgresql",
            "CHEQI_DATABASE_URL": f"postgresql+psycopg://cheqi_{{service}}@{server}/cheqi_{{service}}",
            "CHEQI_DATABASE_PASSWORD_FILE": str(password),
            "CHEQI_DATABASE_ADMIN_URL": admin.render_as_string(hide_password=False),
            "CHEQI_KAFKA": self.broker.servers,
            "CHEQI_SERVICES_URL": address,
            "CHEQI_SMS": "trial",
            "CHEQI_LOG_LEVEL": "error",
        }


@contextmanager
def servers() -> Iterator[Servers]:
    """Run both while the block runs."""
    broker, database = Broker(java=""), Server(DURABLE)
    try:
        broker.start()
        yield Servers(broker, database)
    finally:
        broker.close()
        database.stop()
