"""The SMS adapter for trials: it sends nothing, and keeps each message for a day in a file of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select

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
        self._store, self._clock = open_store(sqlite_url(path)), clock
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tell whether messages were kept in a folder."""
        return (folder / FILE_NAME).exists()

    def send(self, phone: str, text: str) -> None:
        """Keep the message, and forget those of more than a day ago."""
        moment = self._clock.now()
        with self._store.write() as session:
            session.execute(delete(trial_sms).where(trial_sms.c.sent_at < moment - KEPT))
            session.execute(insert(trial_sms).values(phone=phone, text=text, sent_at=moment))

    def messages(self, limit: int = 20) -> list[TrialMessage]:
        """Return the newest messages, newest first."""
        newest = select(trial_sms).order_by(trial_sms.c.ordinal.desc()).limit(limit)
        with self._store.read() as session:
            return [TrialMessage(row.phone, row.text, row.sent_at) for row in session.execute(newest)]

    def close(self) -> None:
        """Close the file."""
        self._store.close()
