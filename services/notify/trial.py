"""The trial channel, for trying the system out: texts go into a SQLite file of their own, and nowhere else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Row, Table, Text, select

from services.notify.channels import Message
from shared.db.store import open_store, sqlite_url
from shared.db.upsert import insert_new

METADATA = MetaData()

trial_message = Table(
    "trial_message",
    METADATA,
    Column("reference", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("text", Text, nullable=False),
)


class TrialChannel:
    """Keeps what it is given in a file that the service's database and its dumps do not hold."""

    def __init__(self, path: Path) -> None:
        self._store = open_store(sqlite_url(path))
        METADATA.create_all(self._store.engine)
        path.chmod(0o600)

    def send(self, message: Message) -> None:
        """Keep the message; one with the same reference is kept once."""
        row = {
            "reference": message.reference,
            "person_id": message.person_id,
            "address": message.address,
            "text": message.text,
        }
        with self._store.write() as session:
            session.execute(insert_new(session, trial_message), [row])

    def list_messages(self) -> Sequence[Row[Any]]:
        """Return what was sent, in the order of their references."""
        with self._store.read() as session:
            return session.execute(select(trial_message).order_by(trial_message.c.reference)).all()

    def close(self) -> None:
        """Close the file."""
        self._store.close()
