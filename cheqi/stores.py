"""Where the services of a deployment keep their data: the embedded default's folder, or a PostgreSQL server."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, make_url

from cheqi.folder import MASTER_KEY, DataFolder, data_folder
from shared.db.migrate import migrate, pending
from shared.db.provisioning import Tenant
from shared.db.store import Store, open_store
from shared.db.targets import FileTarget, ServerTarget, Target
from shared.errors import ConfigurationError
from shared.keys.box import ServerKeyBox, StoredKeyBox, make_key_table
from shared.keys.ring import KeyRing
from shared.settings import Settings


class Stores(Protocol):
    """What a service is given to keep its data in."""

    def migrate(self, service: str) -> list[str]:
        """Bring the service's store up to date; return the steps that were taken."""
        ...

    def open_store(self, service: str) -> Store:
        """Open the service's store; the embedded one is brought up to date first."""
        ...

    def troubles(self, service: str) -> list[str]:
        """Return why no event may be applied to the store as it is."""
        ...

    def key_ring(self, service: str) -> KeyRing:
        """Return the service's ring of rider keys."""
        ...

    def key_box(self, service: str) -> StoredKeyBox:
        """Return the box that the ring stands on; whoever asks for it closes it."""
        ...

    def url(self, service: str) -> URL:
        """Return the address of the service's store."""
        ...

    def target(self, service: str) -> Target:
        """Return the service's store as the place of a copy."""
        ...

    def folder(self, service: str) -> DataFolder:
        """Return where the service keeps its files and finds its secrets."""
        ...

    def close(self) -> None:
        """Close what the rings of keys stand on."""
        ...


class FolderStores:
    """SQLite files in the data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def migrate(self, service: str) -> list[str]:
        """Bring the service's store up to date; return the steps that were taken."""
        return migrate(self.folder(service).store_url(service), f"services.{service}")

    def open_store(self, service: str) -> Store:
        """Open the service's store, brought up to date."""
        self.migrate(service)
        return open_store(self.folder(service).store_url(service))

    def troubles(self, service: str) -> list[str]:  # noqa: ARG002 - the store has brought itself up to date
        """Return nothing."""
        return []

    def key_ring(self, service: str) -> KeyRing:
        """Return the service's ring of rider keys."""
        return self.folder(service).key_ring(service)

    def key_box(self, service: str) -> StoredKeyBox:
        """Return the box that the ring stands on."""
        return self.folder(service).key_box(service)

    def url(self, service: str) -> URL:
        """Return the address of the service's file."""
        return make_url(self.folder(service).store_url(service))

    def target(self, service: str) -> Target:
        """Return the service's file as the place of a copy."""
        return FileTarget(Path(str(self.url(service).database)))

    def close(self) -> None:
        """Do nothing: a file of keys is open only while it is read."""

    def folder(self, service: str) -> DataFolder:
        """Return where the service keeps its files and finds its secrets."""
        return data_folder(self._settings, service)


class ServerStores:
    """Databases on a PostgreSQL server, two for each service: its data, and the keys of riders."""

    def __init__(self, settings: Settings) -> None:
        if settings.database_url is None:
            description = Settings.model_fields["database_url"].description
            message = f"CHEQI_STORE is postgresql: set CHEQI_DATABASE_URL to {description}"
            raise ConfigurationError(message)
        self._settings = settings
        self._url = settings.database_url
        self._boxes: list[StoredKeyBox] = []

    def url(self, service: str) -> URL:
        """Return the address of the service's database, its password included; raises ConfigurationError."""
        return make_url(self._url.replace("{service}", service)).set(password=self._password(service))

    def keys_url(self, service: str) -> URL:
        """Return the address of the database of the service's rider keys."""
        url = self.url(service)
        return url.set(database=f"{url.database}_keys")

    def tenant(self, service: str) -> Tenant:
        """Return the role and the databases that the service needs on the server; raises ConfigurationError."""
        url, keys = self.url(service), self.keys_url(service)
        if not url.password:
            message = "set CHEQI_DATABASE_PASSWORD_FILE: every role gets the password that its file holds"
            raise ConfigurationError(message)
        databases = (str(url.database), str(keys.database))
        return Tenant(str(url.username), url.password, databases, self._settings.database_connections)

    def migrate(self, service: str) -> list[str]:
        """Bring the service's store up to date; return the steps that were taken."""
        make_key_table(self.keys_url(service))
        return migrate(self.url(service), f"services.{service}")

    def open_store(self, service: str) -> Store:
        """Open the service's store as it is."""
        return open_store(self.url(service))

    def troubles(self, service: str) -> list[str]:
        """Return which migrations the store lacks; raises ConfigurationError when it is newer than the program."""
        lacking = pending(self.url(service), f"services.{service}")
        if not lacking:
            return []
        return [f"the store of {service} lacks migrations {', '.join(lacking)}: run `cheqi migrate`, then start again"]

    def key_ring(self, service: str) -> KeyRing:
        """Return the service's ring of rider keys under its master key."""
        box = self.key_box(service)
        self._boxes.append(box)
        return KeyRing(self.folder(service).secrets.key(MASTER_KEY), box)

    def key_box(self, service: str) -> StoredKeyBox:
        """Return the box that the ring stands on."""
        return ServerKeyBox(self.keys_url(service))

    def target(self, service: str) -> Target:
        """Return the service's database as the place of a copy."""
        return ServerTarget(self.url(service))

    def folder(self, service: str) -> DataFolder:
        """Return where the service keeps its files and finds its secrets."""
        return data_folder(self._settings, service)

    def close(self) -> None:
        """Close what the rings of keys stand on."""
        for box in self._boxes:
            box.close()

    def _password(self, service: str) -> str | None:
        path = self._settings.database_password_of(service)
        return None if path is None else password_in(path, "CHEQI_DATABASE_PASSWORD_FILE")


def password_in(path: Path, variable: str) -> str:
    """Return the password that a file holds; raises ConfigurationError naming the variable that names the file."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"{variable} names {path}, which cannot be read: {error.strerror}; `cheqi secrets` makes it"
        raise ConfigurationError(message) from error


def stores_of(settings: Settings) -> Stores:
    """Return the stores that the settings choose; raises ConfigurationError naming what is to be set."""
    return ServerStores(settings) if settings.store == "postgresql" else FolderStores(settings)
