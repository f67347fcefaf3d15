"""The data folder of the embedded default: one database per service, keys and photos apart from them."""

import os
from pathlib import Path

from shared.db.store import sqlite_url
from shared.errors import ConfigurationError
from shared.keys.box import FileKeyBox
from shared.keys.ring import KeyRing
from shared.secret_files import kept_text

MASTER_KEY = "master.key"
SECRET_BYTES = 32


class DataFolder:
    """A folder that only its owner may read; raises ConfigurationError where none can be made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.keys.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            message = f"CHEQI_DATA names {path}, which cannot hold data: {error.strerror}; name a folder of your own"
            raise ConfigurationError(message) from error

    @property
    def keys(self) -> Path:
        """Where riders' keys are, in files that a dump of the databases leaves out."""
        return self.path / "keys"

    @property
    def photos(self) -> Path:
        """Where sealed photos are."""
        return self.path / "photos"

    def archive(self, service: str) -> Path:
        """Return where the archived months of a service's log are."""
        return self.path / "archive" / service

    def store_url(self, service: str) -> str:
        """Return the address of a service's database."""
        return sqlite_url(self.path / f"{service}.db")

    @staticmethod
    def exists(path: Path) -> bool:
        """Tell whether a folder holds data of the system."""
        return (path / "keys" / MASTER_KEY).exists()

    def key_ring(self, service: str) -> KeyRing:
        """Return a service's ring of rider keys under the folder's master key, made on first use."""
        return KeyRing(self.secret(MASTER_KEY), self.key_box(service))

    def key_box(self, service: str) -> FileKeyBox:
        """Return the file of a service's rider keys."""
        return FileKeyBox(self.keys / f"{service}.db")

    def secret(self, name: str) -> bytes:
        """Return a secret of 32 bytes that is kept in the folder of keys, made on first use."""
        path = self.keys / name
        secret = bytes.fromhex(kept_text(path, lambda: os.urandom(SECRET_BYTES).hex()))
        if len(secret) != SECRET_BYTES:
            message = f"{path} does not hold {SECRET_BYTES} bytes in hexadecimal; restore it from its own backup"
            raise ConfigurationError(message)
        return secret
