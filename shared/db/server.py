"""Engines on a PostgreSQL server: bounded pools, and limits to how long a connection may hold what others want."""

import time
from collections.abc import Mapping
from select import POLLIN, poll
from typing import Any, cast

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

CONNECTIONS_MAX = 10
"""Of each of the two pools that a process has of a store; a thread that finds none free waits, then fails."""
CONNECTION_WAIT_S = 10
RESTED_MAX_S = 50
"""A connection that has rested for longer is left, before the server ends it."""
ALWAYS = {"timezone": "UTC", "idle_session_timeout": "60s"}
"""What a busy hour has opened is ended once it rests, for each connection takes memory of the server."""
LIMITS = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")
WRITING = {**ALWAYS, "idle_in_transaction_session_timeout": "5s", "lock_timeout": "5s", "statement_timeout": "30s"}
"""A frozen process loses its transaction, so that whoever takes over finds its rows free."""
READING = {**ALWAYS, "idle_in_transaction_session_timeout": "60s", "statement_timeout": "10min"}
"""A snapshot locks nothing that others wait for, and an audit may think about what it has read."""
REFUSED = "password authentication failed"


class Listening(PGDialect_psycopg):
    """Finds a connection broken when its end has arrived, without asking the server anything."""

    supports_statement_cache = True

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Take in what the server has said since; raises the driver's OperationalError where that was the last."""
        connection, arrived = cast(psycopg.Connection, dbapi_connection), poll()
        arrived.register(connection.fileno(), POLLIN)
        while arrived.poll(0):
            connection.pgconn.consume_input()
        return not connection.closed


registry.register(f"postgresql.{Listening.__name__.lower()}", __name__, Listening.__name__)


def is_server(url: URL) -> bool:
    """Tell whether an address is that of a PostgreSQL server."""
    return url.get_backend_name() == "postgresql"


def writing_engine(url: URL) -> Engine:
    """Return the engine of transactions that write: READ COMMITTED, where row locks decide."""
    return _engine(url, WRITING, isolation_level="READ COMMITTED")


def reading_engine(url: URL) -> Engine:
    """Return the engine of snapshots: REPEATABLE READ, and nothing can be written in them."""
    engine = _engine(url, READING, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


def refused_role(error: BaseException | None) -> tuple[str, str] | None:
    """Return the server that refused a role's password, and the role; None where something else failed.

    Such an error has no SQLSTATE (28P01), only the server's words, which are English where its `lc_messages` is.
    """
    if not isinstance(error, psycopg.OperationalError) or error.pgconn is None or REFUSED not in str(error):
        return None
    reached = error.pgconn
    return f"{reached.host.decode()}:{reached.port.decode()}", reached.user.decode()


def lift_limits(connection: Connection) -> None:
    """Let a transaction that is long by its nature take the time that it needs; a SQLite one has no limits."""
    if is_server(connection.engine.url):
        for name in LIMITS:
            connection.execute(text(f"SET LOCAL {name} = 0"))


def _engine(url: URL, limits: Mapping[str, str], **chosen: Any) -> Engine:
    """A connection that broke while it rested, or rested for too long, is found before it is used, and replaced."""
    engine = create_engine(
        url.set(drivername=f"postgresql+{Listening.__name__.lower()}"),
        pool_size=CONNECTIONS_MAX,
        max_overflow=0,
        pool_timeout=CONNECTION_WAIT_S,
        pool_pre_ping=True,
        pool_use_lifo=True,
        connect_args={
            "application_name": f"cheqi/{url.database}",
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "tcp_user_timeout": 15_000,
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
        **chosen,
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _leave_rested)
    return engine


def _note_rest(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["rests_since"] = time.monotonic()


def _leave_rested(_connection: object, entry: ConnectionPoolEntry, _used: object) -> None:
    since = entry.info.get("rests_since")
    if since is not None and time.monotonic() - since > RESTED_MAX_S:
        raise DisconnectionError
