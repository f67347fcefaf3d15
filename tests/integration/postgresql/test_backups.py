"""A store on a server is copied through the driver and put back in one transaction, while nobody is connected."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, delete, insert, select

from cheqi.backup.folder import BackupError
from cheqi.backup.making import back_up_keys, back_up_stores
from cheqi.backup.restoring import plan_stores, put_back_keys, put_back_stores
from cheqi.stores import ServerStores
from shared.db import copies, targets
from shared.db.copies import snapshots_of_one_moment
from shared.db.provisioning import provision
from shared.db.store import open_store
from shared.keys.ring import KeyDestroyedError
from shared.messaging.read_back import find_restored
from shared.messaging.tables import event_log, mark
from shared.settings import Settings
from tests.containers.postgresql import Server

NOW = datetime(2026, 9, 18, tzinfo=UTC)
ROUNDS = 10
WORDS = "tab\there, back\\slash, line\nbreak, NULL \\N, 兑换"


@pytest.fixture
def stores(on_server: Server, tmp_path: Path) -> Iterator[ServerStores]:
    """Return the stores of a deployment of rewards, with an event in its log."""
    name = uuid4().hex[:8]
    (tmp_path / "password").write_text("p")
    host = f"{on_server.admin.host}:{on_server.admin.port}"
    made = ServerStores(
        Settings(
            data=tmp_path / "data",
            store="postgresql",
            database_url=f"postgresql+psycopg://b{name}_{{service}}@{host}/b{name}_{{service}}",
            database_password_file=str(tmp_path / "password"),
        )
    )
    tenant = made.tenant("rewards")
    provision(on_server.admin, [tenant])
    made.migrate("rewards")
    write(made, "e1")
    yield made
    made.close()
    for database in tenant.databases:
        on_server.drop(on_server.address(database))


def test_what_is_put_back_is_what_was_copied_and_numbers_go_on_above_it(stores: ServerStores, tmp_path: Path) -> None:
    before, backup = rows_of(stores), back_up(stores, tmp_path)
    write(stores, "e2")

    put_back(stores, backup)

    assert rows_of(stores) == before
    assert before["document"] == WORDS
    write(stores, "e3")
    assert ordinals(stores) == [("e1", 1), ("e3", 2)]


def test_a_store_that_was_put_back_says_so(stores: ServerStores, tmp_path: Path) -> None:
    backup = back_up(stores, tmp_path)

    put_back(stores, backup)

    store = stores.open_store("rewards")
    with store.read() as session:
        restored = find_restored(session)
    store.close()
    assert restored is not None
    assert (restored.backup, restored.taken_at) == (backup.name, NOW)


def test_a_failure_at_the_end_leaves_everything_as_it_was(
    stores: ServerStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(stores, tmp_path)
    write(stores, "e2")

    def fail(_connection: Connection, _package: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(targets, "migrate_connection", fail)
    with pytest.raises(OSError, match="No space"):
        put_back(stores, backup)

    assert [name for name, _ in ordinals(stores)] == ["e1", "e2"]


def test_nothing_is_put_back_while_anybody_is_connected(stores: ServerStores, tmp_path: Path) -> None:
    backup = back_up(stores, tmp_path)
    store = stores.open_store("rewards")

    with store.read() as session:
        session.execute(select(event_log))
        with pytest.raises(BackupError, match="somebody is connected to the store of rewards"):
            put_back(stores, backup)

    store.close()


def test_a_store_in_which_somebody_writes_without_pause_is_not_copied(
    stores: ServerStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "TRIES", 1)
    store = stores.open_store("rewards")

    with store.write() as session:
        session.execute(delete(event_log))
        with pytest.raises(copies.StoresBusyError, match="cannot be held still"):
            back_up(stores, tmp_path)

    store.close()
    assert list((tmp_path / "backups").iterdir()) == []


def test_keys_of_a_server_are_put_back_but_for_those_destroyed_since(stores: ServerStores, tmp_path: Path) -> None:
    ring = stores.key_ring("rewards")
    sealed = {rider: ring.seal_text(rider, "note", "words") for rider in ("r1", "r2")}
    keys = back_up_keys(stores, tmp_path / "keys", ["rewards"], NOW, lambda _done: None)
    ring.destroy("r1")

    put_back_keys(stores, keys, ["rewards"], lambda _done: None)

    assert ring.open_text("r2", "note", sealed["r2"]) == "words"
    with pytest.raises(KeyDestroyedError):
        ring.open_text("r1", "note", sealed["r1"])


def test_no_consumer_is_ahead_of_its_publisher_in_snapshots_of_one_moment(on_server: Server) -> None:
    def make(connection: Connection) -> None:
        event_log.create(connection)
        mark.create(connection)

    # What stands between the two makes time for the consumer to run ahead.
    names = ("publisher", "other", "another", "consumer")
    opened = {name: open_store(on_server.database("moment", make)) for name in names}
    ended = threading.Event()

    def publish_and_consume() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            for name in ("publisher", "consumer"):
                with opened[name].write() as session:
                    row = {"source": "s", "subject": str(number), "sequence": 1, "seal": ""}
                    session.execute(insert(mark).values(**row))

    writing = threading.Thread(target=publish_and_consume)
    writing.start()
    seen = []
    try:
        for _ in range(ROUNDS):
            with snapshots_of_one_moment(opened) as snapshots:
                seen.append({name: snapshot.count_rows()["mark"] for name, snapshot in snapshots.items()})
    finally:
        ended.set()
        writing.join()
        for store in opened.values():
            store.close()
            on_server.drop(store.engine.url)

    assert seen[-1]["consumer"] > 0
    assert [one for one in seen if one["consumer"] > one["publisher"]] == []


def back_up(stores: ServerStores, folder: Path) -> Path:
    """Make a backup of rewards; return its folder."""
    return back_up_stores(stores, folder / "backups", ["rewards"], NOW, lambda _done: None)


def put_back(stores: ServerStores, backup: Path) -> None:
    """Put rewards back."""
    put_back_stores(stores, plan_stores(stores, backup, ["rewards"]), lambda _done: None)


def write(stores: ServerStores, event_id: str) -> None:
    """Write an event into the log as it is before the relay has come."""
    store = stores.open_store("rewards")
    with store.write() as session:
        row = {"id": event_id, "subject": "s", "type": "t", "internal": False, "document": WORDS}
        session.execute(insert(event_log).values(**row))
    store.close()


def rows_of(stores: ServerStores) -> dict[str, object]:
    """Return the first row of the log."""
    store = stores.open_store("rewards")
    with store.read() as session:
        first = session.execute(select(event_log)).one()
    store.close()
    return dict(first._mapping)


def ordinals(stores: ServerStores) -> list[tuple[str, int]]:
    """Return the ids of the log with their ordinals."""
    store = stores.open_store("rewards")
    with store.read() as session:
        found = session.execute(select(event_log.c.id, event_log.c.ordinal).order_by(event_log.c.ordinal))
        rows = [(row.id, row.ordinal) for row in found]
    store.close()
    return rows
