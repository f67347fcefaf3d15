"""Key boxes: a SQLite file or a PostgreSQL database of its own, and one in memory for tests."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from sqlalchemy import URL, Column, LargeBinary, MetaData, Table, Text, bindparam, select, text, update

from shared.db.migrate import LOCK
from shared.db.sets import kept
from shared.db.store import Store, open_store, sqlite_url
from shared.db.upsert import insert_new
from shared.keys.ring import kept_key

METADATA = MetaData()

rider_key = Table(
    "rider_key",
    METADATA,
    Column("rider_id", Text, primary_key=True),
    Column("wrapped", LargeBinary),
)
KEYS_OF = kept(lambda one_of: select(rider_key).where(one_of(rider_key.c.rider_id, "rider_ids")))


class StoredKeyBox:
    """Keeps wrapped keys in a database of their own; a destroyed one leaves an empty row that nothing refills."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, rider_id: str) -> bytes | None:
        """Return the wrapped key, None where there never was one; raises KeyDestroyedError after `destroy`."""
        with self._store.read() as session:
            row = session.execute(select(rider_key.c.wrapped).where(rider_key.c.rider_id == rider_id)).one_or_none()
        return None if row is None else kept_key(rider_id, row.wrapped)

    def find_all(self, rider_ids: Collection[str]) -> Mapping[str, bytes | None]:
        """Return the wrapped keys of those riders who had one, None for one that was destroyed."""
        with self._store.read() as session:
            rows = session.execute(KEYS_OF(session), {"rider_ids": list(rider_ids)})
            return {row.rider_id: row.wrapped for row in rows}

    def add(self, rider_id: str, wrapped: bytes) -> bytes:
        """Keep a key unless the rider has one; return the one that is kept. Raises KeyDestroyedError."""
        with self._store.write() as session:
            session.execute(insert_new(session, rider_key).values(rider_id=rider_id, wrapped=wrapped))
            held = session.execute(select(rider_key.c.wrapped).where(rider_key.c.rider_id == rider_id)).scalar_one()
        return kept_key(rider_id, held)

    def destroy(self, rider_id: str) -> None:
        """Forget the rider's key for ever, and let none take its place."""
        self.destroy_all([rider_id])

    def destroy_all(self, rider_ids: Iterable[str]) -> None:
        """Forget the keys of riders for ever, and let none take their place."""
        gone = [{"rider_id": rider_id} for rider_id in sorted(set(rider_ids))]
        if not gone:
            return
        with self._store.write() as session:
            session.execute(insert_new(session, rider_key), gone)
            emptied = update(rider_key).where(rider_key.c.rider_id == bindparam("gone")).values(wrapped=None)
            session.connection().execute(emptied, [{"gone": one["rider_id"]} for one in gone])

    def any_living(self) -> tuple[str, bytes] | None:
        """Return a rider and the wrapped key, None where the box holds no key."""
        living = select(rider_key.c.rider_id, rider_key.c.wrapped).where(rider_key.c.wrapped.is_not(None)).limit(1)
        with self._store.read() as session:
            row = session.execute(living).one_or_none()
        return None if row is None else (row.rider_id, row.wrapped)

    def is_new(self) -> bool:
        """Tell whether the box has never held a key; one that was destroyed leaves its trace."""
        with self._store.read() as session:
            return session.execute(select(rider_key.c.rider_id).limit(1)).first() is None

    def list_all(self) -> dict[str, bytes | None]:
        """Return every wrapped key by its rider, None for one that was destroyed."""
        with self._store.read() as session:
            return {row.rider_id: row.wrapped for row in session.execute(select(rider_key))}

    def take_in(self, keys: Mapping[str, bytes | None]) -> int:
        """Keep the keys of riders who have none here, and destroy those that are destroyed there; return how many came.

        What was destroyed here stays destroyed: no copy brings a key back.
        """
        known = self.list_all()
        fresh = {rider_id: wrapped for rider_id, wrapped in keys.items() if rider_id not in known}
        rows = [{"rider_id": rider_id, "wrapped": wrapped} for rider_id, wrapped in fresh.items()]
        if rows:
            with self._store.write() as session:
                session.execute(insert_new(session, rider_key), rows)
        self.destroy_all(one for one, wrapped in keys.items() if wrapped is None and known.get(one) is not None)
        return sum(wrapped is not None for wrapped in fresh.values())

    def close(self) -> None:
        """Close the database."""
        self._store.close()


class FileKeyBox(StoredKeyBox):
    """Keeps wrapped keys in a SQLite file.

    The file has a journal that is deleted at each commit: no copy of a destroyed key stands in a write-ahead log.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(open_store(sqlite_url(path), journal="DELETE"))
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)


class ServerKeyBox(StoredKeyBox):
    """Keeps wrapped keys in a PostgreSQL database that no dump of the service's own holds.

    Destroying one writes the table anew without it. The server's write-ahead log holds the wrapped key until it is
    recycled, and so do backups of this database for as long as they are kept.
    """

    def __init__(self, url: URL) -> None:
        super().__init__(open_store(url))

    def destroy_all(self, rider_ids: Iterable[str]) -> None:
        """Forget the keys of riders for ever, and let none take their place; done again, a table is written anew again.

        Raises when the table cannot be written anew: until it was, its file may hold what no query finds any more.
        """
        gone = list(rider_ids)
        super().destroy_all(gone)
        if gone:
            with self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f"VACUUM (FULL) {rider_key.name}"))


def make_key_table(url: URL) -> None:
    """Make the table of keys in a PostgreSQL database, unless it is there; one process at a time does."""
    store = open_store(url)
    try:
        with store.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            METADATA.create_all(connection)
    finally:
        store.close()


class MemoryKeyBox:
    """Keeps wrapped keys in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes | None] = {}

    def find(self, rider_id: str) -> bytes | None:
        """Return the wrapped key, None where there never was one; raises KeyDestroyedError after `destroy`."""
        return kept_key(rider_id, self._keys[rider_id]) if rider_id in self._keys else None

    def find_all(self, rider_ids: Collection[str]) -> Mapping[str, bytes | None]:
        """Return the wrapped keys of those riders who had one, None for one that was destroyed."""
        return {one: self._keys[one] for one in rider_ids if one in self._keys}

    def add(self, rider_id: str, wrapped: bytes) -> bytes:
        """Keep a key unless the rider has one; return the one that is kept. Raises KeyDestroyedError."""
        return kept_key(rider_id, self._keys.setdefault(rider_id, wrapped))

    def destroy(self, rider_id: str) -> None:
        """Forget the rider's key for ever, and let none take its place."""
        self._keys[rider_id] = None

    def any_living(self) -> tuple[str, bytes] | None:
        """Return a rider and the wrapped key, None where the box holds no key."""
        living = ((rider_id, wrapped) for rider_id, wrapped in self._keys.items() if wrapped is not None)
        return next(living, None)

    def is_new(self) -> bool:
        """Tell whether the box has never held a key; one that was destroyed leaves its trace."""
        return not self._keys
