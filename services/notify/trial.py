"""The trial channel, for trying the system out: texts go into a SQLite file of their own, and nowhere else."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Row, Table, Text, delete, select
from sqlalchemy.orm import Session

from services.notify.channels import Message
from shared.clock import Clock
from shared.db.store import open_store, sqlite_url
from shared.db.types import Instant
from shared.db.upsert import insert_new

FILE_NAME = "trial-notices.db"
KEPT = timedelta(days=1)
METADATA = MetaData()

trial_notice = Table(
    "trial_notice",
    METADATA,
    Column("reference", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
)


class TrialChannel:
    """Keeps what it is given for a day, in a file that the service's database and its dumps do not hold."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        path = folder / FILE_NAME
        self._store, self._clock = open_store(sqlite_url(path), journal="DELETE"), clock
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)
        with self._store.write() as session:
            # An earlier table had no times, so nothing could ever be forgotten of it.
            session.connection().exec_driver_sql("DROP TABLE IF EXISTS trial_message")
            self._forget_old(session)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether messages were kept in a folder."""
        return (folder / FILE_NAME).exists()

    def send(self, message: Message) -> None:
        """Keep the message, one with the same reference once, and forget those of more than a day ago."""
        row = {
            "reference": message.reference,
            "person_id": message.person_id,
            "address": message.address,
            "text": message.text,
            "sent_at": self._clock.now(),
        }
        with self._store.write() as session:
            self._forget_old(session)
            session.execute(insert_new(session, trial_notice), [row])

    def messages(self, limit: int = 20) -> Sequence[Row[Any]]:
        """Return the newest messages of the last day, newest first; older ones are forgotten."""
        newest = select(trial_notice).order_by(trial_notice.c.sent_at.desc(), trial_notice.c.reference).limit(limit)
        with self._store.write() as session:
            self._forget_old(session)
            return session.execute(newest).all()

    def forget(self, person_id: str) -> None:
        """Forget what was sent to a person."""
        with self._store.write() as session:
            session.execute(delete(trial_notice).where(trial_notice.c.person_id == person_id))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _forget_old(self, session: Session) -> None:
        session.execute(delete(trial_notice).where(trial_notice.c.sent_at < self._clock.now() - KEPT))
