"""Making backups while services run: stores of one moment with photos and archives, or keys by themselves."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from cheqi.backup.folder import KEYS, STORES, BackupError, Manifest, drafted, remove_old
from cheqi.backup_age import STATES
from cheqi.folder import MASTER_KEY, DataFolder
from cheqi.stores import Stores
from shared.db.copies import Snapshot, snapshots_of_one_moment
from shared.db.store import open_store
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging.relay import LEASE_NAME
from shared.messaging.tables import relay_lease

KEYS_KEPT = timedelta(days=30)
WITH_PHOTOS = "governance"
BOX_SUFFIX = ".jsonl"
NO_TABLES = "a store has no tables yet: there is nothing to back up before `cheqi migrate`, or the first start"
Note = Callable[[str], None]


def back_up_stores(stores: Stores, target: Path, services: Sequence[str], now: datetime, note: Note) -> Path:
    """Write a backup of the stores of services, of one moment, with their archives and photos; return its folder."""
    with drafted(target, STORES, now) as (draft, made):
        draft.facts["services"] = {}
        with _snapshots(stores, services) as snapshots:
            for name, snapshot in snapshots.items():
                snapshot.write(draft.place("stores", name))
                sealed_under = fingerprint(stores.folder(name))
                draft.facts["services"][name] = {"sealed_under": sealed_under, **_facts(snapshot)}
                note(name)
        # What a snapshot names was in its file before, so that files are copied after it.
        for name in services:
            _copy_tree(stores.folder(name).archive(name), draft.folder / "archive" / name)
        if WITH_PHOTOS in services:
            _copy_tree(stores.folder(WITH_PHOTOS).photos, draft.folder / "photos")
            note("photos")
    return made


def back_up_keys(stores: Stores, target: Path, services: Iterable[str], now: datetime, note: Note) -> Path:
    """Write a backup of rider keys and secrets, and remove those that are older than 30 days; return its folder."""
    with drafted(target, KEYS, now) as (draft, made):
        boxes = {name: _keys_of(stores, name) for name in services}
        # After all is read, since a server that is away must cost no backup; before anything is written, since a disk
        # that is full must not keep them longer.
        remove_old(target, KEYS, KEYS_KEPT, now)
        for name, keys in boxes.items():
            _write_box(keys, draft.place("boxes") / f"{name}{BOX_SUFFIX}")
            secrets = stores.folder(name).secrets.path
            for path in secret_files(secrets):
                kept = draft.place("secrets", name) / path.relative_to(secrets)
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)
            note(name)
    return made


def secret_files(folder: Path) -> list[Path]:
    """Return the files of secrets in a folder; boxes of rider keys are none of them."""
    kept = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in kept if not path.name.endswith((".db", ".db-journal")))


def fingerprint(folder: DataFolder) -> str:
    """Return what tells the folder's master key from others, and tells nothing of it."""
    return KeyRing(folder.secrets.key(MASTER_KEY), MemoryKeyBox()).digest(b"backup")


def note_finished(folder: DataFolder, manifest: Manifest, finished_at: datetime) -> None:
    """Leave word in the data folder of when the last backup of a kind was finished, for those who watch over it."""
    seconds = round((finished_at - manifest.taken_at).total_seconds(), 1)
    said = {"finished_at": finished_at.isoformat(), "seconds": seconds, "bytes": manifest.bytes}
    draft = folder.path / f".{STATES[manifest.kind]}"
    draft.write_text(json.dumps(said) + "\n", encoding="utf-8")
    draft.replace(folder.path / STATES[manifest.kind])


@contextmanager
def _snapshots(stores: Stores, services: Iterable[str]) -> Iterator[dict[str, Snapshot]]:
    with ExitStack() as opened:
        open_stores = {name: opened.enter_context(closing(open_store(stores.url(name)))) for name in services}
        try:
            snapshots = opened.enter_context(snapshots_of_one_moment(open_stores))
        except ProgrammingError as error:
            raise BackupError(NO_TABLES) from error
        if any("alembic_version" not in snapshot.tables for snapshot in snapshots.values()):
            raise BackupError(NO_TABLES)
        yield snapshots


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    connection = snapshot.connection
    reached = select(relay_lease.c.position).where(relay_lease.c.name == LEASE_NAME)
    return {
        "kind": connection.dialect.name,
        "revision": connection.scalar(text("SELECT version_num FROM alembic_version")),
        "position": connection.scalar(reached) or 0,
        "rows": snapshot.count_rows(),
    }


def _copy_tree(source: Path, place: Path) -> None:
    """Copy the files of a folder, where there is one; a file that is deleted meanwhile belongs to nobody any more."""
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        kept = place / path.relative_to(source)
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, kept)
        except FileNotFoundError:
            kept.unlink(missing_ok=True)


def _keys_of(stores: Stores, service: str) -> dict[str, bytes | None]:
    with closing(stores.key_box(service)) as box:
        return box.list_all()


def _write_box(keys: dict[str, bytes | None], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for rider_id, wrapped in sorted(keys.items()):
            kept = None if wrapped is None else bytes(wrapped).hex()
            file.write(json.dumps({"rider_id": rider_id, "wrapped": kept}) + "\n")
