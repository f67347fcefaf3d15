"""Stores in memory that outlive a crash and can be told to crash at a commit.

A process has one database for each service and empties it for every world: what SQLAlchemy has compiled for it once
then serves all schedules. So of two worlds only the one that was made last may be looked at.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from shared.db.sqlite import sqlite_engines
from shared.db.store import Store
from shared.messaging.tables import KIT
from shared.service import Service
from tests.sim import record


@dataclass(frozen=True)
class Disk:
    """A service's database, and what it is when it is empty."""

    connection: sqlite3.Connection
    engines: tuple[Engine, Engine]
    empty: bytes


_disks: dict[str, Disk] = {}


class CrashError(BaseException):
    """The process died here: nothing in it can catch that; what was committed stands, all in memory is gone."""


class CrashingStore(Store):
    """A store whose next commits can be made to crash, before or after they happen."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(*disk.engines)
        self.fate: Callable[[], str] = lambda: "commit"
        self.crashes = 0

    def commit(self, session: Session) -> None:
        """Commit, or crash as the fate says."""
        fate = self.fate()
        if fate == "crash before":
            self._crash()
        super().commit(session)
        if fate == "crash after":
            self._crash()

    def _crash(self) -> None:
        self.crashes += 1
        raise CrashError


def new_store(service: Service) -> CrashingStore:
    """Return an empty store with the service's tables."""
    if service.name not in _disks:
        _disks[service.name] = _new_disk(service)
    disk = _disks[service.name]
    disk.connection.deserialize(disk.empty)
    return CrashingStore(disk)


def _new_disk(service: Service) -> Disk:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    chosen = {"creator": lambda: connection, "poolclass": StaticPool}
    engines = sqlite_engines(make_url("sqlite://"), chosen=chosen)
    for metadata in (KIT, service.metadata, record.METADATA):
        metadata.create_all(engines[0])
    return Disk(connection, engines, connection.serialize())
