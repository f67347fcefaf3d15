"""Tables of staff and their appointments."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class StaffMember(Base):
    """A person who serves the district; known by a login only."""

    __tablename__ = "staff_member"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    added_at: Mapped[datetime] = mapped_column(Instant)


class Appointment(Base):
    """An office that a person holds, one at a time, for a sub-district or (code 110108) the district."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "appointment_standing",
            "staff_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_member.id"))
    role: Mapped[str] = mapped_column(Text)
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
