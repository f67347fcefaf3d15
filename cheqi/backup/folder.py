"""A backup on the disk: a folder that has its name only when all of it is there, with a manifest of what it holds."""

import filecmp
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from shared.disk import alone_in, sync, unwritable
from shared.errors import ConfigurationError
from shared.version import VERSION

MANIFEST = "manifest.json"
FORMAT = 1
READ_BYTES = 1 << 20
STORES, KEYS = "stores", "keys"
TAKEN_AT = "%Y%m%dT%H%M%S.%fZ"


class BackupError(ConfigurationError):
    """A backup cannot be made or read; the text says which, why, and what to do."""


@dataclass(frozen=True)
class File:
    """A file of a backup: its size, and the checksum of what was written."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: `kind` is stores or keys, `facts` what that kind says of each service."""

    kind: str
    taken_at: datetime
    facts: Mapping[str, Any]
    files: Mapping[str, File]
    program: str
    format: int = FORMAT

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a backup's manifest; raises BackupError where the folder holds no whole backup."""
        try:
            said = json.loads((folder / MANIFEST).read_bytes())
            files = {name: File(**one) for name, one in said.pop("files").items()}
            taken_at = datetime.fromisoformat(said.pop("taken_at"))
            return cls(**said, files=files, taken_at=taken_at)
        except FileNotFoundError:
            message = f"{folder} is no whole backup: it has no {MANIFEST}; name the folder that `cheqi backup` told of"
            raise BackupError(message) from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            message = f"{folder / MANIFEST} is damaged; use another backup"
            raise BackupError(message) from error

    @property
    def bytes(self) -> int:
        """How large the backup is, its manifest left out."""
        return sum(one.bytes for one in self.files.values())


@dataclass
class Draft:
    """A backup that is being written; `facts` go into its manifest."""

    folder: Path
    facts: dict[str, Any]

    def place(self, *parts: str) -> Path:
        """Return a folder inside the backup, which is made."""
        path = self.folder.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def drafted(target: Path, kind: str, now: datetime) -> Iterator[tuple[Draft, Path]]:
    """Let a backup be written, and give it its name, on the disk too, when the block has ended well.

    Yields the draft, and the folder that it becomes. What a kill has left of others is removed.
    """
    with alone_in(target):
        made = target / f"{kind}-{now.strftime(TAKEN_AT)}"
        if made.exists():
            message = f"{made} is there already; run the command again"
            raise BackupError(message)
        draft = Draft(target / f".draft-{made.name}", {})
        try:
            for left in target.glob(".draft-*"):
                shutil.rmtree(left)
            draft.folder.mkdir(mode=0o700)
        except OSError as error:
            raise unwritable(target, error) from error
        try:
            yield draft, made
            files = {str(path.relative_to(draft.folder)): _settled(path) for path in _files(draft.folder)}
            _write_manifest(draft, Manifest(kind, now, draft.facts, files, VERSION))
            draft.folder.rename(made)
            sync(target)
        except OSError as error:
            message = f"the backup could not be written into {target}: {error.strerror}; nothing of it was kept"
            raise BackupError(message) from error
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)


def verify(folder: Path, kind: str) -> Manifest:
    """Return a backup's manifest after comparing every file with it; raises BackupError naming what differs."""
    manifest = Manifest.read(folder)
    if (manifest.kind, manifest.format) != (kind, FORMAT):
        other = f"a backup of {manifest.kind}, format {manifest.format}"
        message = f"{folder} is {other}, not of {kind}, format {FORMAT}"
        raise BackupError(message)
    for name, file in manifest.files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != file:
            message = f"{path} is missing or damaged; use another backup, or bring back this file from a copy of it"
            raise BackupError(message)
    return manifest


def remove_old(target: Path, kind: str, older_than: timedelta, now: datetime, spared: int = 0) -> None:
    """Remove the backups of a kind that were taken longer ago, damaged ones too, but for the newest so many."""
    found = sorted(path for path in target.glob(f"{kind}-*") if _taken_at(path) is not None)
    for path in found[: len(found) - spared]:
        taken_at = _taken_at(path)
        if taken_at is not None and now - taken_at > older_than:
            # What a kill leaves of it is no backup any more, and is removed by the next one.
            shutil.rmtree(path.rename(target / f".draft-{path.name}"))


def copy_files(source: Path, place: Path, *, over: bool = True) -> None:
    """Copy the files below a folder that are not there or, with `over`, differ, each whole or not at all."""
    changed = set[Path]()
    for path in _files(source):
        kept = place / path.relative_to(source)
        if kept.exists() and (not over or filecmp.cmp(path, kept, shallow=False)):
            continue
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = kept.with_name(f".{kept.name}.copied")
        shutil.copyfile(path, draft)
        draft.chmod(0o600)
        sync(draft)
        draft.replace(kept)
        changed |= {kept.parent, kept.parent.parent}
    for folder in changed:
        sync(folder)


def _write_manifest(draft: Draft, manifest: Manifest) -> None:
    path = draft.folder / MANIFEST
    said = asdict(manifest) | {"taken_at": manifest.taken_at.isoformat()}
    path.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.chmod(0o600)
    sync(path)
    for folder in (draft.folder, *(one for one in draft.folder.rglob("*") if one.is_dir())):
        folder.chmod(0o700)
        sync(folder)


def _taken_at(backup: Path) -> datetime | None:
    """Return when a backup was taken, as its name says; None where the name is not of this form."""
    try:
        return datetime.strptime(backup.name.partition("-")[2], TAKEN_AT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _settled(path: Path) -> File:
    path.chmod(0o600)
    sync(path)
    return _digest(path)


def _digest(path: Path) -> File:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            digest.update(part)
            size += len(part)
    return File(size, digest.hexdigest())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
