"""Tables of reports; `hazard_content` alone holds personal content."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.models import Base
from shared.db.types import Instant


class Hazard(Base):
    """A report of a hazard and what became of it; without rider once that rider is erased.

    `no_award` is the code of why it earns nothing, None where it earns. `outcome` is the severity of a verified one,
    the reason of a rejected one. A merged one stands under `survivor_id`, which is never a merged one itself.
    """

    __tablename__ = "hazard"
    __table_args__ = (Index("hazard_state", "subdistrict", "state", "id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    community: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    no_award: Mapped[str | None] = mapped_column(Text)
    photo_id: Mapped[str | None] = mapped_column(Text)
    same_photo_as: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)
    survivor_id: Mapped[str | None] = mapped_column(ForeignKey("hazard.id"), index=True)
    shares_award: Mapped[bool | None] = mapped_column(Boolean)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class HazardContent(Base):
    """What a rider told of a hazard, sealed under the rider's key; the coarse cell finds what is near."""

    __tablename__ = "hazard_content"

    hazard_id: Mapped[str] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    cell: Mapped[str] = mapped_column(Text, index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    place: Mapped[bytes] = mapped_column(LargeBinary)


class EarningDay(Base):
    """How many reports of a rider earn on a day of Asia/Shanghai."""

    __tablename__ = "earning_day"

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    earning: Mapped[int] = mapped_column(Integer)
