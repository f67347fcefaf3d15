"""Tables of erasures: opaque ids and times, so that it can be shown that nothing is left."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Erasure(Base):
    """A rider who was erased here."""

    __tablename__ = "erasure"

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    erased_at: Mapped[datetime] = mapped_column(Instant)


class RestingPhone(Base):
    """The keyed digest of a phone that was erased, until it may be registered again; it names no rider."""

    __tablename__ = "resting_phone"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    free_from: Mapped[datetime] = mapped_column(Instant)


class ErasureReceipt(Base):
    """What one service answered; without time while its receipt is waited for."""

    __tablename__ = "erasure_receipt"

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
