"""The table of offers."""

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.rewards.models import Base


class Offer(Base):
    """What riders of a sub-district, or of the whole district, may spend points on; vouchers keep its terms."""

    __tablename__ = "offer"
    __table_args__ = (CheckConstraint("points > 0", name="offer_points"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Integer)
    valid_days: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool]
