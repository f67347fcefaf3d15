"""Access tokens: their claims, the keys that sign them, and the one definition of both for issuer and verifiers."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.auth.principal import Principal, Role
from shared.random import Random, uuid7

ISSUER = "https://cheqi.cn/registration"
ALGORITHM = "Ed25519"
TYPE = "at+jwt"
ACCESS_LIFE = timedelta(minutes=10)
PEOPLE_SERVICES = ("registration", "governance", "rewards", "training", "notify", "portal")


@dataclass(frozen=True, kw_only=True)
class AccessClaims:
    """What an access token says: who, in which role, towards whom, until when."""

    principal: Principal
    audience: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime

    @classmethod
    def for_person(cls, principal: Principal, now: datetime) -> Self:
        """Return the claims of a person or platform: good towards every service that people use."""
        return cls(principal=principal, audience=PEOPLE_SERVICES, issued_at=now, expires_at=now + ACCESS_LIFE)

    @classmethod
    def for_service(cls, name: str, target: str, scopes: frozenset[str], now: datetime) -> Self:
        """Return the claims of a service: good towards one service, for these scopes."""
        principal = Principal(name, Role.SERVICE, scopes=scopes)
        return cls(principal=principal, audience=(target,), issued_at=now, expires_at=now + ACCESS_LIFE)

    def encode(self) -> dict[str, Any]:
        """Return the JWT claims."""
        who = self.principal
        optional = {"subdistrict": who.subdistrict, "partner": who.partner, "scope": " ".join(sorted(who.scopes))}
        return {
            "iss": ISSUER,
            "sub": who.id,
            "aud": list(self.audience),
            "iat": int(self.issued_at.timestamp()),
            "nbf": int(self.issued_at.timestamp()),
            "exp": int(self.expires_at.timestamp()),
            "role": who.role.value,
            **{name: value for name, value in optional.items() if value},
        }

    @classmethod
    def decode(cls, claims: dict[str, Any]) -> Self:
        """Read verified JWT claims; raises KeyError or ValueError where one is missing or unknown."""
        principal = Principal(
            id=str(claims["sub"]),
            role=Role(claims["role"]),
            subdistrict=claims.get("subdistrict"),
            partner=claims.get("partner"),
            scopes=frozenset(str(claims.get("scope", "")).split()),
        )
        return cls(
            principal=principal,
            audience=tuple(claims["aud"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )


class SigningKeys:
    """The issuer's Ed25519 keys, the newest first: it signs with that one, and verifiers accept them all."""

    def __init__(self, keys: Sequence[OKPKey]) -> None:
        self._keys = list(keys)

    @classmethod
    def generate(cls, random: Random, now: datetime) -> Self:
        """Return one new key."""
        kid = uuid7(now, random.bytes(10))
        return cls([OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)])

    @classmethod
    def open(cls, path: Path, random: Random, now: datetime) -> Self:
        """Read the keys from a file that only its owner may read; make the file with one key where there is none."""
        if path.exists():
            return cls([OKPKey.import_key(key) for key in json.loads(path.read_text())["keys"]])
        made = cls.generate(random, now)
        document = json.dumps({"keys": [key.as_dict(private=True) for key in made._keys]})
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(document)
        return made

    def sign(self, claims: AccessClaims) -> str:
        """Return the signed token."""
        key = self._keys[0]
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return jwt.encode(header, claims.encode(), key, algorithms=[ALGORITHM])

    def public(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}


def key_set(document: dict[str, Any]) -> KeySet:
    """Read a JSON Web Key Set."""
    return KeySet.import_key_set(document)  # type: ignore[arg-type]
