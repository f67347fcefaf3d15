"""Clients: the services and platforms that get tokens with a secret of their own."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.registration.identity.rules import CLIENTS
from services.registration.places.rules import PLATFORMS
from services.registration.secrets import same
from shared.auth import Role
from shared.errors import ConfigurationError
from shared.secret_files import SecretFolder, replace_text

LIST_NAME = "clients.json"


@dataclass(frozen=True)
class Client:
    """A client and the digest of its secret; the role is SERVICE or PLATFORM."""

    id: str
    role: Role
    digest: str

    def knows(self, secret: str) -> bool:
        """Tell whether a secret is the client's."""
        return same(self.digest, secret_digest(secret))


Clients = Mapping[str, Client]


def client_secret(folder: SecretFolder, name: str) -> str:
    """Return the secret of a service's client."""
    return folder.text(f"clients/{name}.secret", lambda: secrets.token_hex(32))


def open_clients(folder: SecretFolder) -> Clients:
    """Return the clients of a folder of secrets: each service's, and those listed in `clients.json`.

    The list, which a deployment writes, holds objects with `id` and `sha256` (of the secret): services, whose files are
    then not looked at, and platforms by their code. Raises ConfigurationError where it cannot be read.
    """
    listed = {client.id: client for client in _listed(folder.path / LIST_NAME)}
    rest = [name for name in CLIENTS if name not in listed]
    made = {name: Client(name, Role.SERVICE, secret_digest(client_secret(folder, name))) for name in rest}
    return {**made, **listed}


def list_services(folder: SecretFolder, secrets_of: Mapping[str, str]) -> None:
    """Put services into the list of clients by their secrets; whoever else is listed stays."""
    path = folder.path / LIST_NAME
    listed = {client.id: client.digest for client in _listed(path)}
    wanted = listed | {name: secret_digest(secret) for name, secret in secrets_of.items()}
    if wanted != listed:
        replace_text(path, json.dumps([{"id": name, "sha256": digest} for name, digest in wanted.items()], indent=2))


def secret_digest(secret: str) -> str:
    """Return the digest that is kept of a client's secret; plain SHA-256 will do for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _listed(path: Path) -> Iterator[Client]:
    if not path.exists():
        return
    try:
        for entry in json.loads(path.read_text(encoding="utf-8")):
            yield Client(entry["id"], _role_of(entry["id"]), entry["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"registration cannot start: {path} is no list of clients. "
            'Write [{"id": "notify", "sha256": "..."}], where each id is a service or a platform code.'
        )
        raise ConfigurationError(message) from error


def _role_of(client_id: str) -> Role:
    if client_id in CLIENTS:
        return Role.SERVICE
    if client_id in PLATFORMS:
        return Role.PLATFORM
    raise KeyError(client_id)
