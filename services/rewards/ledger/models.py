"""Tables of the ledger: entry and posting are only ever added to, lot and lot_use too while their rider is here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.rewards.models import Base
from shared.db.types import Instant


class Balance(Base):
    """A rider's account: what its postings sum to. Its row is the lock of everything that is the rider's."""

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint("available >= 0", name="balance_available"),
        CheckConstraint("held >= 0", name="balance_held"),
        CheckConstraint("reserved >= 0", name="balance_reserved"),
    )

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str | None] = mapped_column(Text, index=True)
    moved_at: Mapped[datetime | None] = mapped_column(Instant)
    available: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer)
    earned_total: Mapped[int] = mapped_column(Integer)


class Entry(Base):
    """One balanced change; `key` is what it was booked for, once, and `event_id` the event that tells it."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_cause", "cause_id", "cause_kind", "kind"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    time: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    cause_kind: Mapped[str] = mapped_column(Text)
    cause_id: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text, unique=True)
    reverses: Mapped[str | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class Posting(Base):
    """One line of an entry; it is written with the entry and by nobody else, so that no constraint need look for it."""

    __tablename__ = "posting"

    account: Mapped[str] = mapped_column(Text, primary_key=True)
    entry_id: Mapped[str] = mapped_column(Text, primary_key=True)
    points: Mapped[int] = mapped_column(Integer)

    @property
    def name(self) -> str:
        """What it is called: its account and its entry."""
        return f"{self.account}/{self.entry_id}"


class Lot(Base):
    """Points of one award, which expire together."""

    __tablename__ = "lot"
    __table_args__ = (CheckConstraint("points > 0", name="lot_points"), Index("lot_rider", "rider_id", "expires_at"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), unique=True)


class LotUse(Base):
    """Points that an entry took of a lot; negative when it gave them back."""

    __tablename__ = "lot_use"

    lot_id: Mapped[str] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True, index=True)
    points: Mapped[int] = mapped_column(Integer)


class Hold(Base):
    """Points set aside: promised for a hazard, or reserved for a voucher; open as long as it has no outcome."""

    __tablename__ = "hold"
    __table_args__ = (UniqueConstraint("cause_kind", "cause_id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    cause_kind: Mapped[str] = mapped_column(Text)
    cause_id: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)


class Claim(Base):
    """What a report may earn, and what was decided of it; a merged one follows its survivor."""

    __tablename__ = "claim"

    hazard_id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    earns: Mapped[bool]
    reported_at: Mapped[datetime] = mapped_column(Instant)
    survivor_id: Mapped[str | None] = mapped_column(Text, index=True)
    merged_at: Mapped[datetime | None] = mapped_column(Instant)
    shares: Mapped[bool]
    decision: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    severity: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
