"""Tables of partners and their accounts."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Partner(Base):
    """An organisation that serves riders; its titles are published."""

    __tablename__ = "partner"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    active: Mapped[bool] = mapped_column(Boolean)
    joined_at: Mapped[datetime] = mapped_column(Instant)


class PartnerAccount(Base):
    """An account with which a partner's people sign in."""

    __tablename__ = "partner_account"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
