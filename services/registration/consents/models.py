"""The table of consents: a history to which rows are only added."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Consent(Base):
    """What a rider said of one purpose at one time; the newest of each purpose is `standing`."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "consent_standing",
            "rider_id",
            "purpose",
            unique=True,
            sqlite_where=text("standing"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    purpose: Mapped[str] = mapped_column(Text)
    granted: Mapped[bool] = mapped_column(Boolean)
    wording: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(Instant)
    given_through: Mapped[str] = mapped_column(Text)
    standing: Mapped[bool] = mapped_column(Boolean)
