"""Key boxes: a SQLite file of its own, and one in memory for tests."""

from pathlib import Path

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, select, update
from sqlalchemy.dialects.sqlite import insert

from shared.db.store import open_store, sqlite_url
from shared.keys.ring import KeyDestroyedError

METADATA = MetaData()

rider_key = Table(
    "rider_key",
    METADATA,
    Column("rider_id", Text, primary_key=True),
    Column("wrapped", LargeBinary),
)


class FileKeyBox:
    """Keeps wrapped keys in a SQLite file; a destroyed one leaves an empty row that nothing refills.

    The file has a journal that is deleted at each commit: no copy of a destroyed key stands in a write-ahead log.
    """

    def __init__(self, path: Path) -> None:
        self._store = open_store(sqlite_url(path), journal="DELETE")
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)

    def find(self, rider_id: str) -> bytes | None:
        """Return the wrapped key, None where there never was one; raises KeyDestroyedError after `destroy`."""
        with self._store.read() as session:
            row = session.execute(select(rider_key.c.wrapped).where(rider_key.c.rider_id == rider_id)).one_or_none()
        return None if row is None else _kept(rider_id, row.wrapped)

    def add(self, rider_id: str, wrapped: bytes) -> bytes:
        """Keep a key unless the rider has one; return the one that is kept. Raises KeyDestroyedError."""
        with self._store.write() as session:
            session.execute(insert(rider_key).values(rider_id=rider_id, wrapped=wrapped).on_conflict_do_nothing())
            kept = session.execute(select(rider_key.c.wrapped).where(rider_key.c.rider_id == rider_id)).scalar_one()
        return _kept(rider_id, kept)

    def destroy(self, rider_id: str) -> None:
        """Forget the rider's key for ever, and let none take its place."""
        with self._store.write() as session:
            session.execute(insert(rider_key).values(rider_id=rider_id).on_conflict_do_nothing())
            session.execute(update(rider_key).where(rider_key.c.rider_id == rider_id).values(wrapped=None))

    def close(self) -> None:
        """Close the file."""
        self._store.close()


class MemoryKeyBox:
    """Keeps wrapped keys in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes | None] = {}

    def find(self, rider_id: str) -> bytes | None:
        """Return the wrapped key, None where there never was one; raises KeyDestroyedError after `destroy`."""
        return _kept(rider_id, self._keys[rider_id]) if rider_id in self._keys else None

    def add(self, rider_id: str, wrapped: bytes) -> bytes:
        """Keep a key unless the rider has one; return the one that is kept. Raises KeyDestroyedError."""
        return _kept(rider_id, self._keys.setdefault(rider_id, wrapped))

    def destroy(self, rider_id: str) -> None:
        """Forget the rider's key for ever, and let none take its place."""
        self._keys[rider_id] = None


def _kept(rider_id: str, wrapped: bytes | None) -> bytes:
    if wrapped is None:
        message = f"the key of rider {rider_id} was destroyed when the rider was erased"
        raise KeyDestroyedError(message)
    return wrapped
