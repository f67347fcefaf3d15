"""Tables of partners as rewards knows them, of redemptions, and of wrong codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.rewards.models import Base
from shared.db.types import Instant


class Partner(Base):
    """Who may redeem which kind of vouchers, as registration tells."""

    __tablename__ = "partner"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]


class Redemption(Base):
    """A partner took a voucher; of those that stand there is one a voucher."""

    __tablename__ = "redemption"
    __table_args__ = (
        Index(
            "redemption_standing",
            "voucher_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"))
    offer_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    partner_id: Mapped[str] = mapped_column(Text, index=True)
    redeemed_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class WrongCode(Base):
    """A code that no voucher has, entered by a partner's account; kept as long as it counts."""

    __tablename__ = "wrong_code"
    __table_args__ = (Index("wrong_code_person", "person_id", "entered_at"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(Instant)
