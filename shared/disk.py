"""The disk: whether what was written is on it, how much more it takes, and a folder that one process writes into."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import ConfigurationError

FREE_MIN_BYTES = 64 * 1024 * 1024
"""With less than this a write may fail at any moment: the write-ahead log of a store grows by megabytes at once."""


def free_bytes(folders: Iterable[Path]) -> int | None:
    """Return what is left on the fullest of the folders' disks; None where there is no such folder.

    Raises OSError where a disk does not answer: a mount that went stale, a folder above that may not be entered.
    """
    return min((shutil.disk_usage(folder).free for folder in folders if folder.exists()), default=None)


def sync(path: Path) -> None:
    """Return once what was written of a file, or the names in a folder, would outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(folder: Path, error: OSError) -> ConfigurationError:
    """Return what is to be said of a folder that cannot be written."""
    return ConfigurationError(
        f"{folder} cannot be written: {error.strerror}; name a folder that may be, or let this user write there"
    )


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made where there is none, while the block runs; the end of the process lets go of it.

    Raises ConfigurationError while somebody else holds it, and where it cannot be made.
    """
    descriptor = _taken(folder)
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        message = f"another command is writing into {folder}; wait until it has ended, then run this one again"
        raise ConfigurationError(message) from None
    return descriptor
