"""The table of registrations: each time that somebody registered a rider, known before or not."""

from datetime import datetime

from sqlalchemy import Boolean, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Registration(Base):
    """One registration; `known` says that the phone was a rider's already, and whose."""

    __tablename__ = "registration"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    known: Mapped[bool] = mapped_column(Boolean)
    through: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(Instant)
