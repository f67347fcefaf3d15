"""Governance's metadata; each noun folder declares its own tables on it."""

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from shared.offices import KeptOffices

METADATA = MetaData()
OFFICES = KeptOffices(METADATA)


class Base(DeclarativeBase):
    """The declarative base of governance's tables."""

    metadata = METADATA

    @classmethod
    def table(cls) -> Table:
        """Return the table behind the class, for inserts that may meet an existing row."""
        return METADATA.tables[cls.__tablename__]
