"""A PostgreSQL server for tests, and databases on it that are copies of a template made once."""

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from testcontainers.community.postgres import PostgresContainer

from shared.db.provisioning import CODE_POINT_ORDER
from tests.containers.docker import need_docker
from tests.ports import free_port

IMAGE = "postgres:18"
PORT = 5432
PATIENCE = 10_000
UNSAFE_BUT_FAST = "-c fsync=off -c full_page_writes=off -c max_connections=300"


class Server:
    """A server in a container; with the options of tests it need not outlive a crash of its machine."""

    def __init__(self, options: str = UNSAFE_BUT_FAST) -> None:
        self._container = PostgresContainer(IMAGE, driver="psycopg")
        self._container.with_command(options)
        # A port that Docker chooses would be another one after the server was away.
        self._container.with_bind_ports(PORT, free_port())
        self._container.start()
        self.admin: URL = make_url(self._container.get_connection_url())
        self._engine = create_engine(self.admin, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._templates: set[str] = set()
        self._runs = True
        self._numbers = count(1)

    def database(self, template: str, make: Callable[[Connection], None]) -> URL:
        """Return the address of a new database that is like the template, which is made on first use."""
        if template not in self._templates:
            self._templates.add(template)
            self.execute(f'CREATE DATABASE "{template}" {CODE_POINT_ORDER}')
            engine = create_engine(self.address(template))
            with engine.begin() as connection:
                make(connection)
            engine.dispose()
        name = f"{template}_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.address(name)

    def drop(self, database: URL) -> None:
        """Drop a database, whoever is connected to it; a server that was removed has dropped it already."""
        if self._runs:
            self.execute(f'DROP DATABASE IF EXISTS "{database.database}" WITH (FORCE)')

    def address(self, database: str) -> URL:
        """Return the address of a database by its name, as the administrator reaches it."""
        return self.admin.set(database=database)

    def execute(self, statement: str) -> None:
        """Execute a statement as the administrator."""
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def connections(self, databases: str) -> list[int]:
        """Return the server's processes that serve connections to databases whose names are like that."""
        wanted = text("SELECT pid FROM pg_stat_activity WHERE datname LIKE :like ORDER BY pid")
        with self._engine.connect() as connection:
            return list(connection.scalars(wanted, {"like": databases}))

    def end(self, pid: int) -> None:
        """End one connection, by its process."""
        self.execute(f"SELECT pg_terminate_backend({pid})")

    def kill(self, pid: int) -> None:
        """Kill one of the server's processes; the server then ends all others and starts again by itself."""
        self._container.exec(["sh", "-c", f"kill -9 {pid}"])

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop the server while the block runs, and wait until it answers again."""
        container = self._container.get_wrapped_container()
        container.stop()
        yield
        container.start()
        for _ in range(PATIENCE):
            with suppress(OperationalError):
                self.execute("SELECT 1")
                return

    def stop(self) -> None:
        """Remove the server."""
        self._runs = False
        self._engine.dispose()
        self._container.stop()


@cache
def server() -> Server:
    """Return the server of this process, started on first use; skips the test where that cannot be."""
    need_docker()
    started = Server()
    atexit.register(started.stop)
    return started
