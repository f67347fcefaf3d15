"""Migrations of a service's store: a service brings its steps, they run under a lock, all of them or none."""

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, Connection, MetaData, Table, Text, inspect, select, text
from sqlalchemy.schema import Column

from shared.db.server import lift_limits
from shared.db.store import open_store
from shared.errors import ConfigurationError

LOCK = 20260918
"""The PostgreSQL advisory lock of migrations; every service has a database of its own, so one number will do."""

_version = Table("alembic_version", MetaData(), Column("version_num", Text))


def migrate(url: str | URL, package: str) -> list[str]:
    """Bring a store up to date with its service (`services.rewards`); return the steps that were taken.

    Of several processes that start at once one migrates and the others wait for it. Raises ConfigurationError when
    the store is newer than the code.
    """
    store = open_store(url)
    try:
        with store.engine.begin() as connection:
            return migrate_connection(connection, package)
    finally:
        store.close()


def migrate_connection(connection: Connection, package: str) -> list[str]:
    """Do the same in the transaction of an open connection; the caller commits."""
    if connection.dialect.name == "postgresql":
        lift_limits(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    steps = _pending(connection, package)
    if steps:
        _upgrade(connection, package)
    return steps


def migrate_to(connection: Connection, package: str, revision: str) -> None:
    """Bring an empty store to one of the service's steps; raises ConfigurationError when the program knows no such."""
    refuse_newer(package, revision)
    _upgrade(connection, package, revision)


def refuse_newer(package: str, revision: str) -> None:
    """Raise ConfigurationError when the program knows no such step of a service."""
    steps = _steps(package)
    if revision not in steps:
        raise ConfigurationError(_NEWER.format(package=package, done=revision, known=steps[-1]))


def pending(url: str | URL, package: str) -> list[str]:
    """Return the steps that a store still lacks, oldest first; raises ConfigurationError when it is newer."""
    store = open_store(url)
    try:
        with store.engine.begin() as connection:
            return _pending(connection, package)
    finally:
        store.close()


def _pending(connection: Connection, package: str) -> list[str]:
    steps = _steps(package)
    if not inspect(connection).has_table(_version.name):
        return steps
    done = connection.scalar(select(_version.c.version_num))
    if done is None:
        return steps
    refuse_newer(package, done)
    return steps[steps.index(done) + 1 :]


def _steps(package: str) -> list[str]:
    return [path.name.partition("_")[0] for path in sorted(_versions(package).glob("[0-9]*.py"))]


def _upgrade(connection: Connection, package: str, to: str = "head") -> None:
    from alembic import command  # noqa: PLC0415 - a store that is up to date need not wait for it
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", _escaped(Path(__file__).with_name("migrations")))
    config.set_main_option("version_locations", _escaped(_versions(package)))
    config.set_main_option("path_separator", "newline")
    command.upgrade(config, to)


def _versions(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0]) / "migrations" / "versions"


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


_NEWER = (
    "the store of {package} is at migration {done}, this program knows none above {known}: "
    "start the newer program again, or restore a backup made before the upgrade / "
    "数据库已升级到 {done}，本程序最高只认识 {known}：请换回较新的程序，或恢复升级前的备份"
)
