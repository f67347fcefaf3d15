"""Stores in memory that outlive a crash and can be told to crash at a commit."""

import sqlite3
from collections.abc import Callable

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from shared.db.store import Store, durable_sqlite
from shared.messaging.tables import KIT
from shared.service import Service
from tests.sim import record

_templates: dict[str, bytes] = {}


class CrashError(BaseException):
    """The process died here: nothing in it can catch that; what was committed stands, all in memory is gone."""


class CrashingStore(Store):
    """A store whose next commits can be made to crash, before or after they happen."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        durable_sqlite(engine)
        super().__init__(engine)
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
    if service.name not in _templates:
        _templates[service.name] = _template(service)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.deserialize(_templates[service.name])
    return CrashingStore(connection)


def _template(service: Service) -> bytes:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    for metadata in (KIT, service.metadata, record.METADATA):
        metadata.create_all(engine)
    return connection.serialize()
