"""`write` stores new revisions and the catalogue; `check` tells what is out of date and fails if anything is."""

import sys
from collections.abc import Sequence
from pathlib import Path

from shared.events.contract.catalogue import catalogue
from shared.events.contract.classes import event_classes, stem_of
from shared.events.contract.shelf import Shelf
from shared.events.envelope import Event

CATALOGUE = Path(__file__).parents[3] / "docs" / "events.md"


def main(command: str, events: Sequence[type[Event]], shelf: Shelf, page: Path) -> int:
    """Do what the command says; return the exit status."""
    wrong = [*(f"{name}: not as it was stored" for name in shelf.edited()), *shelf.refusals(events)]
    if wrong:
        return _told([*wrong, "Give a changed event a new version (`...V2`); never edit a stored schema."])
    return _write(events, shelf, page) if command == "write" else _check(events, shelf, page)


def _write(events: Sequence[type[Event]], shelf: Shelf, page: Path) -> int:
    for event in shelf.missing(events):
        print(f"stored {shelf.add(event)}")
    page.write_text(catalogue(events), encoding="utf-8")
    return 0


def _check(events: Sequence[type[Event]], shelf: Shelf, page: Path) -> int:
    stale = [f"{stem_of(event)}: its present shape is not stored" for event in shelf.missing(events)]
    if not page.exists() or page.read_text(encoding="utf-8") != catalogue(events):
        stale.append(f"{page.name}: differs from the classes")
    return _told([*stale, "Run `make schemas` and look at what changed."]) if stale else 0


def _told(lines: list[str]) -> int:
    print("\n".join(lines), file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(_told(["usage: python -m shared.events.contract write|check"]))
    sys.exit(main(sys.argv[1], event_classes(), Shelf(), CATALOGUE))
