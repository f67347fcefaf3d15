"""Putting a backup back: each store is the copy's or what it was, and nothing runs on it before it was read back."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from cheqi.assembly import CODE_KEY
from cheqi.backup.folder import KEYS, STORES, BackupError, Manifest, copy_files, verify
from cheqi.backup.making import BOX_SUFFIX, WITH_PHOTOS, Note, fingerprint
from cheqi.folder import MASTER_KEY, DataFolder
from cheqi.stores import Stores
from services.registration.secrets import FILE_NAME as PEPPER
from shared.db.migrate import refuse_newer
from shared.db.store import open_store
from shared.db.targets import Copy
from shared.messaging.log import every_erased
from shared.messaging.read_back import mark_restored

LASTING = (MASTER_KEY, PEPPER, CODE_KEY)
"""What was sealed, found or made with one of these cannot be with another; every other secret may be replaced."""


@dataclass(frozen=True)
class Plan:
    """What is to be put back from where, after everything that can be compared was."""

    source: Path
    manifest: Manifest
    services: Sequence[str]
    replaced: Sequence[str]

    def copy_of(self, service: str) -> Copy:
        """Return the copy of a service's store."""
        revision = str(self.manifest.facts["services"][service]["revision"])
        return Copy(self.source / "stores" / service, f"services.{service}", revision)


def plan_stores(stores: Stores, source: Path, wanted: Sequence[str]) -> Plan:
    """Compare a backup with its manifest, the program and what stands here; raises BackupError, ConfigurationError.

    `replaced` are the services whose stores hold something.
    """
    manifest = verify(source, STORES)
    held = manifest.facts["services"]
    absent = [name for name in wanted if name not in held]
    if absent:
        message = f"{source} holds no store of {', '.join(absent)}; it holds {', '.join(held)}"
        raise BackupError(message)
    services = list(wanted or held)
    for name in services:
        _refuse_other_keys(stores.folder(name), str(held[name]["sealed_under"]))
        refuse_newer(f"services.{name}", str(held[name]["revision"]))
        _refuse_other_kind(stores, source, name, str(held[name]["kind"]))
    refuse_running(stores, services)
    return Plan(source, manifest, services, [name for name in services if not stores.target(name).is_empty()])


def put_back_stores(stores: Stores, plan: Plan, note: Note) -> None:
    """Put archives, photos and stores back; a store that is not reached any more is what it was."""

    def finish(connection: Connection) -> None:
        with Session(connection) as session:
            mark_restored(session, plan.source.name, plan.manifest.taken_at)
            session.flush()

    for name in plan.services:
        copy_files(plan.source / "archive" / name, stores.folder(name).archive(name))
    if WITH_PHOTOS in plan.services:
        copy_files(plan.source / "photos", stores.folder(WITH_PHOTOS).photos)
        note("photos")
    for name in plan.services:
        stores.target(name).put_back(plan.copy_of(name), finish)
        note(name)


def put_back_keys(stores: Stores, source: Path, services: Sequence[str], note: Note) -> list[dict[str, object]]:
    """Add the secrets and rider keys that are missing here; return how many keys of each service came.

    What was destroyed here stays destroyed, and so do the keys of riders whom a store that stands here knows as erased.
    Raises BackupError where another key stands here under a name that lasts, and where a file cannot be written.
    """
    put_back_secrets(source, {name: stores.folder(name).secrets.path for name in services})
    rows: list[dict[str, object]] = []
    for name in services:
        kept = source / "boxes" / f"{name}{BOX_SUFFIX}"
        if not kept.exists():
            continue
        with closing(stores.key_box(name)) as box:
            keys = box.take_in({**_read_box(kept), **dict.fromkeys(_buried(stores, name))})
        rows.append({"service": name, "keys": keys})
        note(name)
    return rows


def _buried(stores: Stores, service: str) -> set[str]:
    """Return whom a service's store knows as erased; nobody where there is no store yet."""
    if stores.target(service).is_empty():
        return set()
    with closing(open_store(stores.url(service))) as store, store.read() as session:
        return every_erased(session)


def put_back_secrets(source: Path, folders: Mapping[str, Path]) -> None:
    """Add the secrets that are missing in services' folders, where one that was replaced since is the one that counts.

    Raises BackupError where another key stands under a name that lasts, and where a folder cannot be written.
    """
    verify(source, KEYS)
    for name, folder in folders.items():
        _refuse_other_lasting(source / "secrets" / name, folder)
    for name, folder in folders.items():
        try:
            copy_files(source / "secrets" / name, folder, over=False)
        except OSError as error:
            message = (
                f"{folder} cannot take the secrets that it lacks: {error.strerror}. Put them back where it may be "
                "written, with `cheqi secrets --from` and the same backup (in containers, in the one of the job "
                "`secrets`), then run this command again"
            )
            raise BackupError(message) from error


def _read_box(path: Path) -> dict[str, bytes | None]:
    keys: dict[str, bytes | None] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            said = json.loads(line)
            keys[said["rider_id"]] = None if said["wrapped"] is None else bytes.fromhex(said["wrapped"])
    return keys


def _refuse_other_lasting(source: Path, here: Path) -> None:
    for kept, path in ((here / name, source / name) for name in LASTING):
        if kept.exists() and path.exists() and kept.read_bytes() != path.read_bytes():
            message = (
                f"{kept} differs from {path}, and what is sealed under one cannot be read with the other: put keys "
                "back into folders in which nothing was started yet. If `cheqi secrets` made it since the former one "
                f"was lost, remove {kept} and run this command again; otherwise move it away, to be kept"
            )
            raise BackupError(message)


def _refuse_other_keys(folder: DataFolder, sealed_under: str) -> None:
    """What is in a backup opens with the keys that it was sealed under only, and new ones must not take their place."""
    secrets = folder.secrets.path
    if not (secrets / MASTER_KEY).exists():
        message = (
            f"{secrets} holds no {MASTER_KEY}: put the keys back first, with `cheqi restore` and a backup that "
            "`cheqi backup --keys` made"
        )
        raise BackupError(message)
    if fingerprint(folder) != sealed_under:
        message = (
            f"the backup was sealed under another {MASTER_KEY} than the one in {secrets}: put the keys back that "
            "belong to it first, into folders in which nothing was started yet. If `cheqi secrets` made the one here "
            f"since the former one was lost, remove {secrets / MASTER_KEY} before"
        )
        raise BackupError(message)


def _refuse_other_kind(stores: Stores, source: Path, service: str, kind: str) -> None:
    here = stores.url(service).get_backend_name()
    if here != kind:
        message = f"{source} holds stores of {kind}, and CHEQI_STORE is {here} here; set it to {kind}"
        raise BackupError(message)


def refuse_running(stores: Stores, services: Sequence[str]) -> None:
    """Raise BackupError where somebody is connected to a store."""
    running = [name for name in services if stores.target(name).is_in_use()]
    if running:
        message = f"somebody is connected to the store of {', '.join(running)}: stop what runs on it, then try again"
        raise BackupError(message)
