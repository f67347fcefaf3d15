"""Access tokens: their claims, the keys that sign them, and the one definition of both for issuer and verifiers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.auth.principal import Principal, Role
from shared.errors import ConfigurationError
from shared.random import Random, uuid7
from shared.secret_files import SecretFolder

ISSUER = "https://cheqi.cn/registration"
ALGORITHM = "Ed25519"
TYPE = "at+jwt"
KEYS_FILE = "registration.json"
ACCESS_LIFE = timedelta(minutes=10)
PEOPLE_SERVICES = ("registration", "governance", "rewards", "training", "notify", "portal")


@dataclass(frozen=True, kw_only=True)
class AccessClaims:
    """What an access token says: who, in which role, towards whom, until when."""

    principal: Principal
    audience: tuple[str, ...]
    not_before: datetime
    expires_at: datetime

    @classmethod
    def for_person(cls, principal: Principal, now: datetime) -> Self:
        """Return the claims of a person or platform: good towards every service that people use."""
        return cls(principal=principal, audience=PEOPLE_SERVICES, not_before=now, expires_at=now + ACCESS_LIFE)

    @classmethod
    def for_service(cls, name: str, target: str, scopes: frozenset[str], now: datetime) -> Self:
        """Return the claims of a service: good towards one service, for these scopes."""
        principal = Principal(name, Role.SERVICE, scopes=scopes)
        return cls(principal=principal, audience=(target,), not_before=now, expires_at=now + ACCESS_LIFE)

    def encode(self) -> dict[str, Any]:
        """Return the JWT claims."""
        who = self.principal
        optional = {"subdistrict": who.subdistrict, "partner": who.partner, "scope": " ".join(sorted(who.scopes))}
        return {
            "iss": ISSUER,
            "sub": who.id,
            "aud": list(self.audience),
            "iat": int(self.not_before.timestamp()),
            "nbf": int(self.not_before.timestamp()),
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
            not_before=datetime.fromtimestamp(claims["nbf"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )


class SigningKeys:
    """The issuer's Ed25519 keys, the newest first: it signs with that one, and verifiers accept them all."""

    def __init__(self, keys: Sequence[OKPKey]) -> None:
        self.keys = tuple(keys)

    @classmethod
    def generate(cls, random: Random, now: datetime) -> Self:
        """Return one new key."""
        kid = uuid7(now, random.bytes(10))
        return cls([OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)])

    @classmethod
    def open(cls, folder: SecretFolder, random: Random, now: datetime) -> Self:
        """Read the keys that a folder of secrets keeps in one file, by default one new key.

        Raises ConfigurationError where the file is no set of private keys.
        """
        path = folder.path / KEYS_FILE
        document = folder.text(KEYS_FILE, lambda: json.dumps(cls.generate(random, now).private()))
        try:
            keys = [OKPKey.import_key(key) for key in json.loads(document)["keys"]]
        except (ValueError, KeyError, TypeError, JoseError) as error:
            raise _unreadable(path) from error
        if not keys or not all(key.is_private for key in keys):
            raise _unreadable(path)
        return cls(keys)

    @property
    def newest(self) -> OKPKey:
        """The key that signs."""
        return self.keys[0]

    def sign(self, claims: AccessClaims) -> str:
        """Return the signed token."""
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self.newest.kid}
        return jwt.encode(header, claims.encode(), self.newest, algorithms=[ALGORITHM])

    def private(self) -> dict[str, Any]:
        """Return the keys as they are kept."""
        return {"keys": [key.as_dict(private=True) for key in self.keys]}

    def public(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def key_set(document: Mapping[str, Any]) -> KeySet:
    """Read a JSON Web Key Set."""
    return KeySet.import_key_set(cast(Any, document))


def _unreadable(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} holds no set of private signing keys; restore it from its own backup")
