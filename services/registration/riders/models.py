"""Tables of riders; `rider_detail` holds personal content, sealed under the rider's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Rider(Base):
    """A rider; the keyed digest of the phone makes sure that a phone is one rider's."""

    __tablename__ = "rider"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    phone_digest: Mapped[str] = mapped_column(Text, unique=True)
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    platform: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    phone_proved_at: Mapped[datetime | None] = mapped_column(Instant)


class RiderDetail(Base):
    """Phone, name and email of a rider, each sealed."""

    __tablename__ = "rider_detail"

    rider_id: Mapped[str] = mapped_column(ForeignKey("rider.id"), primary_key=True)
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)


class MutedNotice(Base):
    """A `topic:channel` pair that a rider does not want to hear of."""

    __tablename__ = "muted_notice"

    rider_id: Mapped[str] = mapped_column(ForeignKey("rider.id"), primary_key=True)
    pair: Mapped[str] = mapped_column(Text, primary_key=True)
