"""`cheqi secrets`: the secrets of a deployment, made at random before anything starts."""

import secrets
import stat
from pathlib import Path

from cheqi.assembly import CODE_KEY, SERVICES
from cheqi.backup.restoring import LASTING, put_back_secrets
from cheqi.folder import MASTER_KEY
from cheqi.terminal import complain
from services.registration.clients import client_secret, list_services
from services.registration.identity.rules import CLIENTS
from services.registration.secrets import open_secrets
from shared.auth.tokens import SigningKeys
from shared.clock import SystemClock
from shared.random import SystemRandom
from shared.secret_files import OWNER_READS, SecretFolder
from shared.settings import Settings

PASSWORD_BYTES = 32
SERVER_READS = 0o644
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def make_secrets(settings: Settings, source: Path | None = None) -> list[Path]:
    """Make the secrets that are missing, each service's in its own folder; return the files that were made.

    Those that a backup of keys holds come from there; raises BackupError where another one stands here already. Of one
    that lasts and is made beside others an operator is told: it may be that the former one was lost.
    """
    folders = {name: _folder(settings, name) for name in SERVICES}
    before = _files(settings)
    if source is not None:
        put_back_secrets(source, {name: folder.path for name, folder in folders.items()})
    there = _files(settings)
    for name, folder in folders.items():
        folder.key(MASTER_KEY)
        _make_password(settings.database_password_of(name))
    folders["rewards"].key(CODE_KEY)
    _make_registration(folders)
    if settings.database_admin_password_file is not None:
        _make_admin_password(settings.database_admin_password_file)
    made = _files(settings)
    _warn_of_new(made - there, there)
    return sorted(made - before)


def _warn_of_new(made: set[Path], there: set[Path]) -> None:
    """Tell of each secret that lasts and was made in a folder where others stood already."""
    inhabited = {folder for path in there if not path.name.startswith(".") for folder in path.parents}
    for path in sorted(path for path in made if path.name in LASTING and path.parent in inhabited):
        complain(
            f"{path} was made, though other secrets stood beside it already. If one was here before, the new one opens "
            "nothing that was written under that: remove this file before anything starts, and put the former one back "
            "from a backup of keys (`cheqi secrets --from BACKUP`, see docs/operations.md)"
        )


def _make_registration(folders: dict[str, SecretFolder]) -> None:
    """Make what registration alone holds, and tell it the secrets of the other services by their digests."""
    mine = folders["registration"]
    open_secrets(mine)
    SigningKeys.open(mine, SystemRandom(), SystemClock().now())
    for name in set(CLIENTS) - set(folders):
        client_secret(mine, name)
    list_services(mine, {name: client_secret(folder, name) for name, folder in folders.items()})


def _make_password(path: Path | None, mode: int = OWNER_READS) -> None:
    if path is not None:
        SecretFolder(path.parent, mode=mode).text(path.name, lambda: secrets.token_urlsafe(PASSWORD_BYTES))


def _make_admin_password(path: Path) -> None:
    """Make the password that the database server reads too, as another user; one that was brought stays as it is."""
    if not path.exists():
        _make_password(path, SERVER_READS)
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & OTHERS_READ:
        complain(
            f"{path} has the mode {mode:04o} and is left as it is: only its owner can read it, but where the database "
            "server takes its password from this file, that server and `cheqi databases` both have to. Let them, such "
            "as with the mode 0644 in a folder of 0755; where the server has its password from elsewhere, all is well"
        )


def _folder(settings: Settings, service: str) -> SecretFolder:
    return SecretFolder(settings.secrets_of(service) or settings.data_of(service) / "keys")


def _files(settings: Settings) -> set[Path]:
    folders = {_folder(settings, name).path for name in SERVICES}
    passwords = [settings.database_password_of(name) for name in SERVICES] + [settings.database_admin_password_file]
    kept = {path for path in passwords if path is not None and path.exists()}
    return kept | {path for folder in folders for path in folder.rglob("*") if path.is_file()}
