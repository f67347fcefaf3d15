"""Small secret files: made once, whole or not at all, and readable by their owner only unless it is said who else."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from shared.errors import ConfigurationError

KEY_BYTES = 32
OWNER_READS = 0o600
REPLACEABLE = "`cheqi secrets` makes it, or mount your own"
PUT_BACK = (
    "put it back from a backup of keys (`cheqi secrets --from BACKUP`, see docs/operations.md), for a new one opens "
    "nothing that was written before; only where nothing was written yet does `cheqi secrets` make it"
)
UNREADABLE = "let this user read it, or make it where it is missing"


class SecretFolder:
    """A folder of secrets by name; with `makes` one that is missing is made on first use, with that mode.

    Without, it is for somebody else to make: whoever needs it raises ConfigurationError, naming it.
    """

    def __init__(self, path: Path, *, makes: bool = True, mode: int = OWNER_READS) -> None:
        self.path, self._makes, self._mode = path, makes, mode

    def text(self, name: str, make: Callable[[], str], missing: str = REPLACEABLE) -> str:
        """Return what the file says; where there is none, whoever comes first makes it and all others read that.

        `missing` is what an operator is told to do where it is for somebody else to make.
        """
        path = self.path / name
        try:
            if self._makes and not path.exists():
                _make(path, make(), self._mode)
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            advice = missing if isinstance(error, FileNotFoundError) else UNREADABLE
            message = f"the secret {path} cannot be read: {error.strerror}; {advice}"
            raise ConfigurationError(message) from error

    def key(self, name: str) -> bytes:
        """Return a secret of 32 bytes, on which what was written rests: no other can take its place."""
        try:
            key = bytes.fromhex(self.text(name, lambda: os.urandom(KEY_BYTES).hex(), PUT_BACK))
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            message = (
                f"{self.path / name} does not hold {KEY_BYTES} bytes in hexadecimal; restore it from its own backup"
            )
            raise ConfigurationError(message)
        return key


def replace_text(path: Path, text: str) -> None:
    """Let a file say something else, whole or not at all."""
    _draft(path, text).replace(path)


def _make(path: Path, text: str, mode: int) -> None:
    draft = _draft(path, text)
    draft.chmod(mode)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _draft(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)
