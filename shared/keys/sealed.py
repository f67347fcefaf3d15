"""Which rows hold what was sealed under riders' keys: those of a rider that have a column of bytes."""

from sqlalchemy import LargeBinary, MetaData, Table, select
from sqlalchemy.orm import Session


def holds_sealed(session: Session, tables: MetaData) -> bool:
    """Tell whether any row of the tables holds bytes that a rider's key sealed; what belongs to staff is no rider's."""
    of_riders = [table for table in tables.tables.values() if "rider_id" in table.c]
    return any(_holds_bytes(session, table) for table in of_riders)


def _holds_bytes(session: Session, table: Table) -> bool:
    sealed = [column.is_not(None) for column in table.c if isinstance(column.type, LargeBinary)]
    return any(session.execute(select(1).where(one).limit(1)).first() is not None for one in sealed)
