"""What the audits of all services look for alike."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.messaging.tables import tombstone
from shared.service import Finding


def erased_that_remain(session: Session, *columns: InstrumentedAttribute[Any]) -> Iterator[Finding]:
    """Find the riders whom a column still names although they were erased."""
    for column in columns:
        left = select(column).where(column.in_(select(tombstone.c.rider_id))).distinct()
        for rider_id in session.scalars(left):
            detail = f"table {column.class_.__tablename__} still names an erased rider"
            yield Finding("erased-rider-remains", str(rider_id), detail)
