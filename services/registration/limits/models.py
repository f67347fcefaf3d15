"""Tables of the limits; a bucket's key is a keyed digest, never a phone, an address or a login."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class LimitBucket(Base):
    """What one limit counts for one key; its row is locked while uses are counted."""

    __tablename__ = "limit_bucket"

    bucket: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    last_used_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LimitUse(Base):
    """One use of a bucket; uses that were taken together share their id."""

    __tablename__ = "limit_use"
    __table_args__ = (Index("limit_use_newest", "bucket", "key", "used_at"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    bucket: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime] = mapped_column(Instant, index=True)
