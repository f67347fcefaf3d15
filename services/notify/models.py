"""Tables of notify: notices, how each channel fared, and what persons prefer; no text is kept, no address either."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.types import Instant

METADATA = MetaData()


class Base(DeclarativeBase):
    """The declarative base of notify's tables."""

    metadata = METADATA

    @classmethod
    def table(cls) -> Table:
        """Return the table behind the class, for statements that the mapped class does not offer."""
        return METADATA.tables[cls.__tablename__]


class Preference(Base):
    """What a person chose: a language, and whether text messages are allowed."""

    __tablename__ = "preference"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text)
    sms_allowed: Mapped[bool] = mapped_column(Boolean)


class Mute(Base):
    """A topic that a person does not want by a channel."""

    __tablename__ = "mute"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)


class Notice(Base):
    """One thing that one person is told; its text comes from the template's version, the language and parameters."""

    __tablename__ = "notice"
    __table_args__ = (Index("notice_person", "person_id", "id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    topic: Mapped[str] = mapped_column(Text)
    critical: Mapped[bool] = mapped_column(Boolean)
    language: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class NoticeParameter(Base):
    """A value in a notice's text: an id, a code, a number, a time or a published title."""

    __tablename__ = "notice_parameter"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Delivery(Base):
    """How a notice fares by one channel: waiting, sending, delivered or failed (`reason` is a code)."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_due", "state", "due_at"),)

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(Instant)
