"""The files of a log's archive: one of events and one manifest for each month, written whole or not at all."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from typing import IO

from shared.disk import sync
from shared.errors import ConfigurationError
from shared.messaging.seal import Numbers, read_wire

EVENTS_A_BLOCK = 100
READ_BYTES = 1 << 20


class ArchiveError(ConfigurationError):
    """A file of the archive is missing, is damaged, or is not that of this log."""


@dataclass(frozen=True)
class Manifest:
    """What a file of events holds: positions without a gap, in blocks that can be read each by itself.

    `blocks` are the offsets of the blocks in the file, each a gzip member of 100 events.
    """

    month: str
    sha256: str
    first_position: int
    first_seal: str
    last_position: int
    last_seal: str
    blocks: tuple[int, ...]


class MonthFiles:
    """The archive of one service's log, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifests: dict[str, Manifest] = {}

    def events_path(self, month: str) -> Path:
        """Return where the events of a month are."""
        return self.folder / f"{month}.jsonl.gz"

    def manifest_path(self, month: str) -> Path:
        """Return where the manifest of a month is; it is written after the events were read back."""
        return self.folder / f"{month}.json"

    def write_events(self, month: str, lines: Iterable[str]) -> Manifest:
        """Write wire documents, of which there is one at least, and return what is to be their manifest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        blocks: list[int] = []
        ends: list[Numbers] = []
        remaining = iter(lines)
        with _drafted(self.events_path(month)) as draft:
            while block := list(islice(remaining, EVENTS_A_BLOCK)):
                ends = [*ends[:1], read_wire(block[0])[1], read_wire(block[-1])[1]]
                blocks.append(draft.size)
                draft.write(gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0))
        first, last = ends[0], ends[-1]
        return Manifest(month, draft.sha256, first.position, first.seal, last.position, last.seal, tuple(blocks))

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest of a month whose events were read back."""
        with _drafted(self.manifest_path(manifest.month)) as draft:
            draft.write(json.dumps(asdict(manifest), indent=1).encode() + b"\n")

    def find(self, month: str) -> Manifest | None:
        """Return the manifest of a month, if there is one; raises ArchiveError when it cannot be read."""
        if month not in self._manifests:
            path = self.manifest_path(month)
            if not path.exists():
                return None
            try:
                said = json.loads(path.read_bytes())
                self._manifests[month] = Manifest(**{**said, "blocks": tuple(said["blocks"])})
            except (ValueError, TypeError, KeyError) as error:
                raise _damaged(path) from error
        return self._manifests[month]

    def list_all(self) -> list[Manifest]:
        """Return the manifests of all months, oldest first; raises ArchiveError when one cannot be read."""
        months = sorted(path.stem for path in self.folder.glob("[0-9]*.json"))
        return [manifest for month in months if (manifest := self.find(month)) is not None]

    def lines(self, manifest: Manifest, position: int = 0) -> Iterator[str]:
        """Yield a month's wire documents from a position on; raises ArchiveError where they cannot be read."""
        path, begin = self.events_path(manifest.month), max(position, manifest.first_position)
        block, within = divmod(begin - manifest.first_position, EVENTS_A_BLOCK)
        if block >= len(manifest.blocks):
            return
        try:
            with path.open("rb") as file:
                file.seek(manifest.blocks[block])
                with gzip.open(file, "rt", encoding="utf-8", newline="\n") as events:
                    for expected, line in enumerate(islice(events, within, None), start=begin):
                        yield _at(expected, line.rstrip("\n"))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise _damaged(path) from error

    def sha256(self, month: str) -> str:
        """Return the checksum of a month's file of events; raises ArchiveError when it is missing."""
        path, digest = self.events_path(month), hashlib.sha256()
        try:
            with path.open("rb") as file:
                while part := file.read(READ_BYTES):
                    digest.update(part)
        except OSError as error:
            raise _damaged(path) from error
        return digest.hexdigest()


class _Draft:
    """What is written of a file so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def write(self, part: bytes) -> None:
        """Add to the file."""
        self._file.write(part)
        self._digest.update(part)
        self.size += len(part)

    @property
    def sha256(self) -> str:
        """The checksum of what was written."""
        return self._digest.hexdigest()


@contextmanager
def _drafted(path: Path) -> Iterator[_Draft]:
    """Write a file that is given its name, also on the disk, only when all of it is there."""
    for left_by_a_kill in path.parent.glob(f".{path.name}.*"):
        left_by_a_kill.unlink(missing_ok=True)
    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        yield _Draft(file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    sync(path.parent)


def _at(position: int, line: str) -> str:
    """Return a line; raises ValueError when it is not the event at that position."""
    if read_wire(line)[1].position != position:
        raise ValueError(position)
    return line


def _damaged(path: Path) -> ArchiveError:
    message = f"{path} is missing or damaged; restore it from its backup"
    return ArchiveError(message)
