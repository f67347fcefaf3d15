"""The folder of stored schemas: one file per revision, never edited, and the checksums that show if one was."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from shared.events.contract.classes import Schema, schema_of, stem_of
from shared.events.contract.compatibility import breaking_changes
from shared.events.envelope import Event

SCHEMAS = Path(__file__).parents[1] / "schemas"
CHECKSUMS = "SHA256SUMS"


class Shelf:
    """The stored schemas in a folder."""

    def __init__(self, folder: Path = SCHEMAS) -> None:
        self.folder = folder

    def revisions(self, stem: str) -> list[Schema]:
        """Return the revisions of one version of an event, oldest first."""
        numbered = {int(path.name.rsplit(".", 2)[1][1:]): path for path in self.folder.glob(f"{stem}.r*.json")}
        return [json.loads(numbered[number].read_text(encoding="utf-8")) for number in sorted(numbered)]

    def stems(self) -> list[str]:
        """Return the events and versions that have a schema."""
        return sorted({path.name.rsplit(".", 2)[0] for path in self.folder.glob("*.json")})

    def edited(self) -> list[str]:
        """Return the files that are not as they were stored: changed, missing, or put there by hand."""
        noted, found = self._noted(), {path.name: _checksum(path) for path in self.folder.glob("*.json")}
        return sorted(name for name in noted.keys() | found.keys() if noted.get(name) != found.get(name))

    def missing(self, events: Sequence[type[Event]]) -> list[type[Event]]:
        """Return the classes whose present shape is not stored as their latest revision."""
        return [event for event in events if [schema_of(event)] != self.revisions(stem_of(event))[-1:]]

    def refusals(self, events: Sequence[type[Event]]) -> list[str]:
        """Return why the classes may not be stored as they are: what breaks readers, and classes that went away."""
        gone = set(self.stems()) - {stem_of(event) for event in events}
        broken = [f"{stem_of(event)}: {change}" for event in events for change in self._breaks(event)]
        return [*broken, *(f"{stem}: its class is gone, though its events stand in logs" for stem in sorted(gone))]

    def add(self, event: type[Event]) -> str:
        """Store the present shape of a class as the next revision; return the name of its file."""
        stem = stem_of(event)
        name = f"{stem}.r{len(self.revisions(stem)) + 1}.json"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(json.dumps(schema_of(event), indent=2) + "\n", encoding="utf-8")
        self._note(name)
        return name

    def _breaks(self, event: type[Event]) -> list[str]:
        latest = self.revisions(stem_of(event))[-1:]
        return [change for old in latest for change in breaking_changes(old, schema_of(event))]

    def _noted(self) -> dict[str, str]:
        path = self.folder / CHECKSUMS
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return {name: checksum for checksum, name in (line.split("  ", 1) for line in lines)}

    def _note(self, name: str) -> None:
        noted = self._noted() | {name: _checksum(self.folder / name)}
        lines = "".join(f"{noted[key]}  {key}\n" for key in sorted(noted))
        (self.folder / CHECKSUMS).write_text(lines, encoding="utf-8")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
