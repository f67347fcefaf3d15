"""Where photos are kept: sealed bytes by key, outside the databases."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore

from shared.disk import sync
from shared.errors import ConfigurationError


class PhotoStore(Protocol):
    """Keeps bytes by a key such as `2026-09-18/01995...`; whoever puts them there has sealed them."""

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes; they outlive a crash once this returns. Raises OSError when they cannot be kept."""
        ...

    def get(self, key: str) -> bytes:
        """Return what is kept; raises FileNotFoundError."""
        ...

    def delete(self, key: str) -> None:
        """Keep nothing under the key any more; nothing happens where there is nothing."""
        ...

    def keys(self, folder: str) -> list[str]:
        """Return the keys that begin with `folder/`, sorted."""
        ...


class _ObjectPhotos:
    """Keeps photos in an object store."""

    def __init__(self, objects: LocalStore | MemoryStore) -> None:
        self._objects = objects

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes."""
        with _system_errors():
            self._objects.put(key, content)

    def get(self, key: str) -> bytes:
        """Return what is kept; raises FileNotFoundError."""
        with _system_errors():
            return self._objects.get(key).bytes().to_bytes()

    def delete(self, key: str) -> None:
        """Keep nothing under the key any more."""
        with _system_errors(), suppress(FileNotFoundError):
            self._objects.delete(key)

    def keys(self, folder: str) -> list[str]:
        """Return the keys that begin with `folder/`, sorted."""
        with _system_errors():
            return sorted(found["path"] for page in self._objects.list(f"{folder}/") for found in page)


class _FolderPhotos(_ObjectPhotos):
    """Keeps photos in a folder that only its owner may enter."""

    def __init__(self, folder: Path) -> None:
        super().__init__(LocalStore(folder))
        folder.chmod(0o700)
        self._folder = folder

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes, on the disk itself and not in its cache only."""
        super().put(key, content)
        kept = self._folder / key
        for path in (kept, kept.parent, self._folder):
            sync(path)


def photos_in_folder(folder: Path) -> PhotoStore:
    """Return a store in a folder, which is made where there is none; raises ConfigurationError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _FolderPhotos(folder)
    except OSError as error:
        message = (
            f"{folder} cannot hold photos: {error.strerror or error}; let this user write there, or let CHEQI_DATA "
            "name a folder of its own"
        )
        raise ConfigurationError(message) from error


def photos_in_memory() -> PhotoStore:
    """Return a store that lasts as long as the process."""
    return _ObjectPhotos(MemoryStore())


@contextmanager
def _system_errors() -> Iterator[None]:
    """Raise the object store's own failures as OSError: to the system a disk is a disk."""
    try:
        yield
    except BaseError as error:
        message = "photos cannot be read or written; see that their folder has room and may be written"
        raise OSError(message) from error
