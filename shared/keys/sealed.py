"""Which rows hold what was sealed under riders' keys: every column of bytes is one."""

from sqlalchemy import LargeBinary, MetaData, select
from sqlalchemy.orm import Session


def holds_sealed(session: Session, tables: MetaData) -> bool:
    """Tell whether any row of the tables holds sealed bytes."""
    columns = [column for table in tables.tables.values() for column in table.c if isinstance(column.type, LargeBinary)]
    return any(session.execute(select(1).where(one.is_not(None)).limit(1)).first() is not None for one in columns)
