"""Stores and rider keys of a deployment on a server."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from cheqi.stores import ServerStores
from shared.db.migrate import pending
from shared.db.provisioning import provision
from shared.db.server import WRITING
from shared.db.store import open_store
from shared.keys.box import ServerKeyBox
from shared.keys.ring import KeyDestroyedError
from shared.messaging.failures import Failure, kind_of
from shared.settings import Settings
from tests.containers.postgresql import Server


@pytest.fixture
def stores(on_server: Server, tmp_path: Path) -> Iterator[ServerStores]:
    """Return the stores of a deployment whose databases are made and not migrated."""
    mark = uuid4().hex[:8]
    (tmp_path / "password").write_text("p")
    host = f"{on_server.admin.host}:{on_server.admin.port}"
    made = ServerStores(
        Settings(
            data=tmp_path,
            store="postgresql",
            database_url=f"postgresql+psycopg://c{mark}_{{service}}@{host}/c{mark}_{{service}}",
            database_password_file=str(tmp_path / "password"),
        )
    )
    tenant = made.tenant("rewards")
    provision(on_server.admin, [tenant])
    yield made
    made.close()
    for database in tenant.databases:
        on_server.drop(on_server.address(database))


def test_a_store_that_lacks_a_migration_says_so_until_it_is_migrated(stores: ServerStores) -> None:
    (trouble,) = stores.troubles("rewards")
    steps = pending(stores.url("rewards"), "services.rewards")

    assert trouble.startswith("the store of rewards lacks migrations 0001")
    assert stores.migrate("rewards") == steps
    assert stores.troubles("rewards") == []
    assert stores.migrate("rewards") == []


def test_a_missing_table_is_the_service_s_own_fault_and_no_event_s(stores: ServerStores) -> None:
    store = stores.open_store("rewards")

    with pytest.raises(ProgrammingError) as missing, store.write() as session:
        session.execute(text("SELECT * FROM mark"))

    assert kind_of(missing.value) is Failure.OURS
    store.close()


def test_nothing_can_be_written_in_a_snapshot(stores: ServerStores) -> None:
    store = stores.open_store("rewards")

    with pytest.raises(DBAPIError, match="read-only"), store.read() as session:
        session.execute(text("CREATE TABLE t (id int)"))

    store.close()


def test_a_destroyed_key_opens_nothing_and_is_not_made_again(stores: ServerStores) -> None:
    stores.migrate("rewards")
    ring = stores.key_ring("rewards")
    sealed = ring.seal_text("r1", "note", "words")
    assert ring.open_text("r1", "note", sealed) == "words"

    ring.destroy("r1")
    ring.destroy("r1")

    with pytest.raises(KeyDestroyedError):
        stores.key_ring("rewards").open_text("r1", "note", sealed)
    with pytest.raises(KeyDestroyedError):
        ring.seal_text("r1", "note", "words")


def test_the_table_of_keys_holds_no_destroyed_key(stores: ServerStores, on_server: Server) -> None:
    stores.migrate("rewards")
    box = ServerKeyBox(stores.keys_url("rewards"))
    box.add("r1", b"wrapped key of r1")
    box.add("r2", b"wrapped key of r2")

    box.destroy("r1")

    database = str(stores.keys_url("rewards").database)
    kept = _table_file(on_server, database)
    assert b"wrapped key of r2" in kept
    assert b"wrapped key of r1" not in kept
    box.close()


def test_a_key_whose_destruction_was_held_up_is_gone_from_the_table_once_it_was_tried_again(
    stores: ServerStores, on_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WRITING, "lock_timeout", "200ms")
    stores.migrate("rewards")
    box, reader = ServerKeyBox(stores.keys_url("rewards")), open_store(stores.keys_url("rewards"))
    box.add("r1", b"wrapped key of r1")
    with reader.read() as session:
        session.execute(text("SELECT * FROM rider_key"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            box.destroy("r1")

    box.destroy("r1")

    assert b"wrapped key of r1" not in _table_file(on_server, str(stores.keys_url("rewards").database))
    reader.close()
    box.close()


def test_a_dump_of_the_service_s_database_holds_no_table_of_keys(stores: ServerStores) -> None:
    stores.migrate("rewards")

    store = stores.open_store("rewards")
    with store.read() as session:
        tables = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()

    assert "rider_key" not in tables
    assert "balance" in tables
    store.close()


def _table_file(server: Server, database: str) -> bytes:
    """Return the bytes of the table of keys as they stand on the server's disk."""
    store = open_store(server.address(database))
    with store.write() as session:
        session.execute(text("CHECKPOINT"))
        content = session.scalar(text("SELECT pg_read_binary_file(pg_relation_filepath('rider_key'))"))
    store.close()
    return bytes(content)
