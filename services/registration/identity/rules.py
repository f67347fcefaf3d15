"""What decides about passwords, one-time passwords, lifetimes, and what a client may ask for."""

import base64
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import pyotp

from shared.validity import valid_at

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
PASSWORD_MIN = 12
DISTINCT_MIN = 5
TOTP_STEP_S = 30
TOTP_SECRET_BYTES = 20
DENIED = (
    "password",
    "passw0rd",
    "qwerty",
    "123456",
    "abcdef",
    "letmein",
    "iloveyou",
    "admin",
    "cheqi",
    "chexian",
    "haidian",
)
ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class Kind(StrEnum):
    """What a person is to registration."""

    RIDER = "rider"
    STAFF = "staff"
    PARTNER = "partner"


@dataclass(frozen=True)
class LifetimeRule:
    """For how long refresh tokens and invitations count, and networks are known, from a day on."""

    valid_from: date
    refresh: timedelta
    invitation: timedelta
    network: timedelta


LIFETIMES = (
    LifetimeRule(
        valid_from=date(2024, 1, 1),
        refresh=timedelta(days=30),
        invitation=timedelta(days=3),
        network=timedelta(days=90),
    ),
)
SERVICES = ("registration", "governance", "rewards", "training", "notify", "portal")
CLIENTS = (*SERVICES, "audit")


def lifetime_rule(moment: datetime) -> LifetimeRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(LIFETIMES, moment)


def is_login(text: str) -> bool:
    """Tell whether a text can be a login."""
    return LOGIN.fullmatch(text) is not None


def weakness(password: str, login: str) -> str | None:
    """Return the code of what makes a password too weak, None for one that will do."""
    word = password.casefold()
    if len(password) < PASSWORD_MIN:
        return "too-short"
    if login.casefold() in word:
        return "holds-login"
    if len(set(word)) < DISTINCT_MIN or any(
        word in alphabet * 2 or word in alphabet[::-1] * 2 for alphabet in ALPHABETS
    ):
        return "too-plain"
    rest = word
    for denied in DENIED:
        rest = rest.replace(denied, "")
    return "too-common" if len(rest) < PASSWORD_MIN // 2 else None


def totp_secret(entropy: bytes) -> str:
    """Return a one-time password secret, in base 32, made of 20 random bytes."""
    return base64.b32encode(entropy[:TOTP_SECRET_BYTES]).decode()


def totp_uri(secret: str, login: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Cheqi")


def totp_step(secret: str, code: str, moment: datetime) -> int | None:
    """Return the 30-second step that a one-time password belongs to: this one, the last or the next; else None."""
    now_step, totp = int(moment.timestamp()) // TOTP_STEP_S, pyotp.TOTP(secret)
    steps = (now_step - 1, now_step, now_step + 1)
    matches = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
    return matches[0] if matches else None


def may_ask(client: str, target: str, scope: str) -> bool:
    """Tell whether a client may have a token for one scope of one service."""
    return (client, target, scope) in set(_grants())


def _grants() -> Iterator[tuple[str, str, str]]:
    yield "notify", "registration", "rider.phone:read"
    yield "training", "registration", "rider.name:read"
    for target in SERVICES:
        yield "audit", target, "audit:read"
        for client in CLIENTS:
            yield client, target, "events:read"
