"""Small secret files: made once, whole or not at all, readable by their owner only."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def kept_text(path: Path, make: Callable[[], str]) -> str:
    """Return what the file says; where there is none, whoever comes first makes it and all others read that."""
    if not path.exists():
        _make(path, make())
    return path.read_text(encoding="utf-8").strip()


def _make(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    Path(draft).unlink()
