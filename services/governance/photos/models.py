"""The tables of photos; all of them are personal content."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.models import Base
from shared.db.types import Instant


class Photo(Base):
    """A photo of a rider, and the report that carries it with its sub-district, once one does.

    `file_key` says where its sealed file is; `digest` is the SHA-256 of the bytes that were sent and `phash` the
    perceptual hash, both in hexadecimal.
    """

    __tablename__ = "photo"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    file_key: Mapped[str] = mapped_column(Text, unique=True)
    digest: Mapped[str] = mapped_column(Text, index=True)
    phash: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(Instant)
    hazard_id: Mapped[str | None] = mapped_column(Text, unique=True)
    subdistrict: Mapped[str | None] = mapped_column(Text, index=True)


class PhotoBand(Base):
    """One band of bits of the perceptual hash of a photo that a report carries: what it is found by."""

    __tablename__ = "photo_band"

    subdistrict: Mapped[str] = mapped_column(Text, primary_key=True)
    band: Mapped[int] = mapped_column(Integer, primary_key=True)
    photo_id: Mapped[str] = mapped_column(ForeignKey("photo.id"), primary_key=True, index=True)


class PhotoDay(Base):
    """How many photos of a rider were looked at on a day of Asia/Shanghai, kept or not."""

    __tablename__ = "photo_day"

    rider_id: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    looked_at: Mapped[int] = mapped_column(Integer)
