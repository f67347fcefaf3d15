"""The table of codes that were asked for; phone and code stand in it as keyed digests only."""

from datetime import datetime

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class CodeRequest(Base):
    """One code, bound to the phone it was sent to; it counts once, before it expires, for a few tries."""

    __tablename__ = "code_request"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    phone_digest: Mapped[str] = mapped_column(Text, index=True)
    code_digest: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    tries_left: Mapped[int] = mapped_column(Integer)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
