"""Refresh tokens and invitations before they are given out: what goes out, and the digest that stays."""

from dataclasses import dataclass, field

from services.registration.secrets import Secrets, same
from shared.random import Random, token


@dataclass(frozen=True)
class FreshToken:
    """A refresh token about to be given out, and the digest by which it is found again."""

    secret: str = field(repr=False)
    digest: str


def fresh_token(random: Random, secrets: Secrets) -> FreshToken:
    """Make a refresh token of 256 random bits."""
    secret = token(random)
    return FreshToken(secret, refresh_digest(secrets, secret))


def refresh_digest(secrets: Secrets, secret: str) -> str:
    """Return the digest by which a refresh token is found."""
    return secrets.digest("refresh", secret)


def invitation_text(secrets: Secrets, invitation_id: str) -> str:
    """Return an invitation as it is given to the invited: nobody can derive it without the secrets."""
    return f"{invitation_id}.{secrets.digest('invitation', invitation_id)}"


def invitation_id_of(secrets: Secrets, text: str) -> str | None:
    """Return the id of an invitation that was made here, None for any other text."""
    invitation_id = text.partition(".")[0]
    return invitation_id if same(text, invitation_text(secrets, invitation_id)) else None
