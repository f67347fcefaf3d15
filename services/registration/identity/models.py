"""Tables of identity: credentials of staff and partners, invitations, and refresh tokens of everybody."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models import Base
from shared.db.types import Instant


class Credential(Base):
    """How a member of staff or a partner's account signs in; without password until it was activated."""

    __tablename__ = "credential"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(Integer)


class Invitation(Base):
    """A one-time right to choose a password; its secret is derived from its id and stored nowhere."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("credential.person_id"), index=True)
    invited_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class TokenFamily(Base):
    """All refresh tokens that follow from one sign-in; revoked as a whole."""

    __tablename__ = "token_family"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class KnownNetwork(Base):
    """A network, by its keyed digest, that a person signed in from; what others try elsewhere limits nobody there."""

    __tablename__ = "known_network"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    network_key: Mapped[str] = mapped_column(Text, primary_key=True)
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)


class RefreshToken(Base):
    """One refresh token by its keyed digest; it counts once."""

    __tablename__ = "refresh_token"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("token_family.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
