"""The SMS adapter for trials: it sends nothing, and keeps each message for a day in a file of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select
from sqlalchemy.orm import Session

from shared.clock import Clock
from shared.db.store import open_store, sqlite_url
from shared.db.types import Instant

FILE_NAME = "trial-sms.db"
KEPT = timedelta(days=1)
METADATA = MetaData()
trial_sms = Table(
    "trial_sms",
    METADATA,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("phone", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class TrialMessage:
    """A message that a real adapter would have sent."""

    phone: str
    text: str
    sent_at: datetime


class TrialSMS:
    """Keeps messages where an operator of a trial can read them; holds phones and codes in clear."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        path = folder / FILE_NAME
        folder.mkdir(parents=True, exist_ok=True)
        self._store, self._clock = open_store(sqlite_url(path), journal="DELETE"), clock
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)
        with self._store.write() as session:
            self._forget_old(session)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether messages were kept in a folder."""
        return (folder / FILE_NAME).exists()

    def send(self, phone: str, text: str) -> None:
        """Keep the message, and forget those of more than a day ago."""
        with self._store.write() as session:
            self._forget_old(session)
            session.execute(insert(trial_sms).values(phone=phone, text=text, sent_at=self._clock.now()))

    def messages(self, limit: int = 20) -> list[TrialMessage]:
        """Return the newest messages of the last day, newest first; older ones are forgotten."""
        newest = select(trial_sms).order_by(trial_sms.c.ordinal.desc()).limit(limit)
        with self._store.write() as session:
            self._forget_old(session)
            return [TrialMessage(row.phone, row.text, row.sent_at) for row in session.execute(newest)]

    def forget(self, phone: str) -> None:
        """Forget what was sent to a phone."""
        with self._store.write() as session:
            session.execute(delete(trial_sms).where(trial_sms.c.phone == phone))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _forget_old(self, session: Session) -> None:
        session.execute(delete(trial_sms).where(trial_sms.c.sent_at < self._clock.now() - KEPT))
