"""Tables of the catalogue and its orders; `wish` alone holds personal content."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models import Base
from shared.db.types import Instant


class Rider(Base):
    """Which sub-district a rider belongs to, as registration last told."""

    __tablename__ = "rider"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text)


class Course(Base):
    """What riders can order; without titles while staff have not yet named what a rider wished for."""

    __tablename__ = "course"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    subdistrict: Mapped[str] = mapped_column(Text)
    title_zh: Mapped[str | None] = mapped_column(Text)
    title_en: Mapped[str | None] = mapped_column(Text)
    certifies: Mapped[bool] = mapped_column(Boolean)
    valid_days: Mapped[int | None] = mapped_column(Integer)
    added_at: Mapped[datetime] = mapped_column(Instant)


class CourseOrder(Base):
    """One rider's order; active until its class has ended, and without rider once that rider is erased."""

    __tablename__ = "course_order"
    __table_args__ = (
        Index(
            "course_order_active",
            "rider_id",
            "course_id",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
        Index("course_order_class", "class_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    class_id: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    ordered_at: Mapped[datetime] = mapped_column(Instant)


class Wish(Base):
    """The words with which a rider ordered what the catalogue did not have, sealed under the rider's key."""

    __tablename__ = "wish"

    order_id: Mapped[str] = mapped_column(ForeignKey("course_order.id"), primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    words: Mapped[bytes] = mapped_column(LargeBinary)
