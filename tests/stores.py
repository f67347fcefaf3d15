"""Where the stores of tests are: SQLite files, or databases of a PostgreSQL server (`pytest --store postgresql`)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, MetaData, text

from shared.db.migrate import migrate_connection
from shared.db.server import reading_engine, writing_engine
from shared.db.store import Store
from tests.component.db.ddl import SERVICES, metadata_of
from tests.containers.postgresql import server
from tests.shelf import Shelf

KINDS = ("sqlite", "postgresql")


class ServerStore(Store):
    """A database of the server that is dropped when it is closed."""

    def __init__(self, address: URL) -> None:
        super().__init__(writing_engine(address), reading_engine(address))

    def close(self) -> None:
        """Close every connection, and drop the database."""
        super().close()
        server().drop(self.engine.url)


class Stores:
    """Makes the stores of a run, all of one kind."""

    kind = KINDS[0]

    def __init__(self) -> None:
        self._shelf = Shelf()

    def new(self, name: str, *metadatas: MetaData) -> Store:
        """Return an empty store with the tables of the metadata, for a service of that name."""
        if self.kind == "postgresql":
            return ServerStore(server_address(name, *metadatas))
        return self._shelf.take(name, *metadatas)


STORES = Stores()


@contextmanager
def tampering(store: Store, *, keep: bool = False) -> Iterator[Connection]:
    """Open a transaction as somebody with a database client would, foreign keys or not; it is undone unless kept."""
    with store.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for statement in ("ROLLBACK", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
                connection.exec_driver_sql(statement)
        yield connection
        connection.commit() if keep else connection.rollback()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def server_address(name: str, *metadatas: MetaData) -> URL:
    """Return the address of a new database on the server: a migrated one where the tables are a real service's."""

    def make(connection: Connection) -> None:
        if is_real:
            migrate_connection(connection, f"services.{name}")
        else:
            for metadata in metadatas:
                metadata.create_all(connection)

    is_real = name in SERVICES and metadata_of(name) in metadatas
    tables = sorted(table for metadata in metadatas for table in metadata.tables)
    digest = hashlib.sha256(" ".join(tables).encode()).hexdigest()[:8]
    return server().database(f"{name}_{digest}", make)


def bytes_of(store: Store) -> bytes:
    """Return every byte of a store as it stands on the disk: its files, or those of its tables and indexes."""
    if store.engine.dialect.name == "sqlite":
        database = Path(str(store.engine.url.database))
        return b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))
    files = text("SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't')")
    with store.write() as session:
        session.execute(text("CHECKPOINT"))
        return b"".join(map(bytes, session.scalars(files)))
