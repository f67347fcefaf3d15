"""Tables of certificates; `certificate_name` alone holds personal content."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models import Base
from shared.db.types import Instant


class Certificate(Base):
    """What stands behind a public number; a revoked one stays, and the one issued after it names it."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "certificate_standing",
            "enrolment_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    rider_id: Mapped[str | None] = mapped_column(Text, index=True)
    class_id: Mapped[str] = mapped_column(ForeignKey("class.id"), index=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    subdistrict: Mapped[str] = mapped_column(Text, index=True)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_on: Mapped[date | None] = mapped_column(Date)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    replaces: Mapped[str | None] = mapped_column(Text)


class CertificateName(Base):
    """The holder's name as it stands on a certificate, sealed under the rider's key."""

    __tablename__ = "certificate_name"

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    rider_id: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
