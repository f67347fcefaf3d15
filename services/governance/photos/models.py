"""The table of photos; all of it is personal content."""

from datetime import datetime

from sqlalchemy import Text
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
    digest: Mapped[str] = mapped_column(Text)
    phash: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(Instant)
    hazard_id: Mapped[str | None] = mapped_column(Text, unique=True)
    subdistrict: Mapped[str | None] = mapped_column(Text, index=True)
