"""Registration's metadata; each noun folder declares its own tables on it."""

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

METADATA = MetaData()


class Base(DeclarativeBase):
    """The declarative base of registration's tables."""

    metadata = METADATA


def table_of(model: type[Base]) -> Table:
    """Return the table behind a class."""
    return METADATA.tables[model.__tablename__]
