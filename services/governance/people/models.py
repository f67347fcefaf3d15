"""Where riders belong, what they consent to and which offices staff hold, as registration last told."""

from datetime import date

from sqlalchemy import Boolean, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.models import Base


class Rider(Base):
    """Which sub-district a rider belongs to."""

    __tablename__ = "rider"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text)


class Consent(Base):
    """Whether a rider consents to a purpose."""

    __tablename__ = "consent"

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    granted: Mapped[bool] = mapped_column(Boolean)


class Appointment(Base):
    """An office that somebody holds or held; `subdistrict` is 110108 for the whole district."""

    __tablename__ = "appointment"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_id: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date | None] = mapped_column(Date)
    ended: Mapped[bool] = mapped_column(Boolean)
