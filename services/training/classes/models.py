"""Tables of classes and of the places in them."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models import Base
from shared.db.types import Instant


class TrainingClass(Base):
    """One class of a course in a sub-district, titled as the course was when it opened.

    While it is `joinable`, further orders take a place in it.
    """

    __tablename__ = "class"
    __table_args__ = (
        Index(
            "class_joinable",
            "course_id",
            "subdistrict",
            unique=True,
            sqlite_where=text("joinable"),
            postgresql_where=text("joinable"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    venue_zh: Mapped[str] = mapped_column(Text)
    venue_en: Mapped[str] = mapped_column(Text)
    joinable: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)


class Enrolment(Base):
    """A rider's place in a class, by the id of the order that took it; without rider once that rider is erased."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("class_id", "rider_id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class.id"))
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    checked_in_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    passed: Mapped[bool | None] = mapped_column(Boolean)
