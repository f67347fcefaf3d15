"""Tables of vouchers; `voucher_code` alone holds what only the rider may read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.rewards.models import Base
from shared.db.types import Instant


class Voucher(Base):
    """What a rider takes for points, with the offer's terms as they were; `code_digest` is what finds it by its code.

    `ended_at` is when it was released, redeemed, voided or expired.
    """

    __tablename__ = "voucher"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("offer.id"))
    kind: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Integer)
    valid_days: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    reserved_at: Mapped[datetime] = mapped_column(Instant)
    reserved_until: Mapped[datetime] = mapped_column(Instant)
    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
    points_returned: Mapped[int | None] = mapped_column(Integer)
    code_digest: Mapped[str | None] = mapped_column(Text, unique=True)


class VoucherCode(Base):
    """A voucher's code, sealed under the rider's key."""

    __tablename__ = "voucher_code"

    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    code: Mapped[bytes] = mapped_column(LargeBinary)
