"""Where riders belong and what they consent to, as registration last told."""

from sqlalchemy import Boolean, Text
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
