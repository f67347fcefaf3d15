"""The table of categories that staff added or changed; the first ones stand in `rules`."""

from sqlalchemy import Boolean, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.governance.models import Base


class Category(Base):
    """A category, as staff last said; it goes before the first one of the same code."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    parent: Mapped[str | None] = mapped_column(Text)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
