"""Marks: the last event of each subject that took effect here; whoever applies locks them first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared.db.locks import locked
from shared.db.sets import insert_new_rows, kept, update_rows
from shared.db.upsert import upsert
from shared.messaging.seal import GENESIS
from shared.messaging.tables import checkpoint, mark

NEXT = select(checkpoint.c.next).where(
    checkpoint.c.source == bindparam("source"), checkpoint.c.partition == bindparam("partition")
)
REACHED = select(checkpoint.c.partition, checkpoint.c.next).where(
    checkpoint.c.source == bindparam("source"), checkpoint.c.partition.in_(bindparam("partitions", expanding=True))
)
MARKS = kept(
    lambda one_of: select(mark.c.subject, mark.c.sequence).where(
        mark.c.source == bindparam("source"), one_of(mark.c.subject, "subjects")
    )
)
LOCKED = kept(
    lambda one_of: locked(
        select(mark.c.subject, mark.c.sequence, mark.c.seal)
        .where(mark.c.source == bindparam("source"), one_of(mark.c.subject, "subjects"))
        .order_by(mark.c.subject)
    )
)


@dataclass(frozen=True)
class Mark:
    """The last sequence applied of a subject, and that event's seal."""

    sequence: int
    seal: str


def lock_marks(session: Session, source: str, subjects: Iterable[str]) -> dict[str, Mark]:
    """Lock the marks of the subjects, in order, those that were missing inserted at 0 first; return them."""
    wanted = sorted(set(subjects))
    if not wanted:
        return {}
    fresh = [{"source": source, "subject": subject, "sequence": 0, "seal": GENESIS} for subject in wanted]
    insert_new_rows(session, mark, fresh)
    locked = session.execute(LOCKED(session), {"source": source, "subjects": wanted})
    return {row.subject: Mark(row.sequence, row.seal) for row in locked}


def write_marks(session: Session, source: str, moved: Mapping[str, Mark]) -> None:
    """Write marks that moved; their rows are there, locked."""
    rows = [
        {"source": source, "subject": subject, "sequence": moved[subject].sequence, "seal": moved[subject].seal}
        for subject in sorted(moved)
    ]
    update_rows(session, mark, rows, ("sequence", "seal"))


def find_marks(session: Session, source: str, subjects: Iterable[str]) -> dict[str, int]:
    """Return the last sequence applied of those subjects that have a mark."""
    found = session.execute(MARKS(session), {"source": source, "subjects": list(set(subjects))})
    return {row.subject: row.sequence for row in found}


def next_offset(session: Session, source: str, partition: int) -> int:
    """Return the checkpoint: where reading of the partition goes on, 0 before its first run."""
    return session.scalar(NEXT, {"source": source, "partition": partition}) or 0


def next_offsets(session: Session, source: str, partitions: Collection[int]) -> dict[int, int]:
    """Return the checkpoints of partitions."""
    reached = session.execute(REACHED, {"source": source, "partitions": list(partitions)})
    return dict.fromkeys(partitions, 0) | {row.partition: row.next for row in reached}


def write_checkpoints(session: Session, source: str, offsets: Mapping[int, int]) -> None:
    """Let reading of partitions go on at offsets; the caller moves one back only where the log began anew."""
    rows = [{"source": source, "partition": partition, "next": offset} for partition, offset in sorted(offsets.items())]
    upsert(session, checkpoint, rows)


def list_checkpoints(session: Session) -> dict[tuple[str, int], int]:
    """Return every checkpoint, by publisher and partition."""
    return {(row.source, row.partition): row.next for row in session.execute(select(checkpoint))}
