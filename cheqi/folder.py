"""A data folder: databases of the embedded default, photos, archives, and secrets that have no place of their own."""

from pathlib import Path

from shared.db.store import sqlite_url
from shared.errors import ConfigurationError
from shared.keys.box import FileKeyBox
from shared.keys.ring import KeyRing
from shared.secret_files import PUT_BACK, SecretFolder
from shared.settings import Settings

MASTER_KEY = "master.key"


class DataFolder:
    """A folder that only its owner may read; raises ConfigurationError where none can be made.

    `secrets` is where secrets are kept that others have made; without it they are made in the folder itself.
    """

    def __init__(self, path: Path, secrets: Path | None = None) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.keys.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            message = f"CHEQI_DATA names {path}, which cannot hold data: {error.strerror}; name a folder of your own"
            raise ConfigurationError(message) from error
        self.secrets = SecretFolder(self.keys) if secrets is None else SecretFolder(secrets, makes=False)

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

    def key_ring(self, service: str) -> KeyRing:
        """Return a service's ring of rider keys under its master key; raises ConfigurationError where that is lost."""
        _refuse_lost_key(self.secrets.path, self.keys / f"{service}.db")
        return KeyRing(self.secrets.key(MASTER_KEY), self.key_box(service))

    def key_box(self, service: str) -> FileKeyBox:
        """Return the file of a service's rider keys."""
        return FileKeyBox(self.keys / f"{service}.db")


def data_folder(settings: Settings, service: str) -> DataFolder:
    """Return the folder that the settings give a service; all of them have the same one by default."""
    return DataFolder(settings.data_of(service), settings.secrets_of(service))


def has_data(settings: Settings) -> bool:
    """Tell whether a deployment of these settings was ever started; raises ConfigurationError where its key is lost."""
    kept = settings.secrets_of("registration") or settings.data_of("registration") / "keys"
    for beside in sorted(kept.glob("*")):
        _refuse_lost_key(kept, beside)
    return (kept / MASTER_KEY).exists()


def _refuse_lost_key(kept: Path, beside: Path) -> None:
    """Let no other key be made, and nobody be told to start anew, where something was written under one."""
    if beside.exists() and not (kept / MASTER_KEY).exists():
        message = f"{kept / MASTER_KEY} is missing, and {beside} is there: {PUT_BACK}"
        raise ConfigurationError(message)
