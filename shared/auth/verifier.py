"""Verifying access tokens without asking the issuer: its public keys are fetched rarely and served stale."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.auth.principal import Principal, Role
from shared.auth.tokens import ALGORITHM, ISSUER, TYPE, AccessClaims, key_set
from shared.clock import Clock
from shared.errors import UNAUTHORISED

FETCH_AT_MOST_EVERY = timedelta(minutes=1)
LEEWAY_S = 5
TOKEN_MAX_CHARS = 4096

FetchKeys = Callable[[], dict[str, Any]]


class TokenVerifier:
    """Verifies the tokens that name one service.

    `fetch` returns the issuer's key set; it is asked for a key that is not known, once a minute at most, and while it
    cannot be reached the keys that are known go on to hold.
    """

    def __init__(self, audience: str, fetch: FetchKeys, clock: Clock) -> None:
        self._audience, self._fetch, self._clock = audience, fetch, clock
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._lock = threading.Lock()

    def person(self, token: str) -> Principal:
        """Return the person or platform that a token speaks for; raises UNAUTHORISED, for a service's token too."""
        principal = self._verify(token).principal
        if principal.role is Role.SERVICE:
            raise UNAUTHORISED()
        return principal

    def service(self, token: str) -> Principal:
        """Return the service that a token speaks for; raises UNAUTHORISED, for a person's token too."""
        claims = self._verify(token)
        if claims.principal.role is not Role.SERVICE or claims.audience != (self._audience,):
            raise UNAUTHORISED()
        return claims.principal

    def _verify(self, token: str) -> AccessClaims:
        try:
            header = self._header(token)
            decoded = jwt.decode(token, self._keys_for(header["kid"]), algorithms=[ALGORITHM])
            claims = AccessClaims.decode(decoded.claims)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise UNAUTHORISED() from error
        self._refuse_wrong(decoded.claims, claims)
        return claims

    def _header(self, token: str) -> dict[str, Any]:
        """Return the protected header of a token of ours; the keys that a token brings along are never looked at."""
        if len(token) > TOKEN_MAX_CHARS:
            raise UNAUTHORISED()
        header = dict(jws.extract_compact(token.encode()).protected)
        if header.get("typ") != TYPE or header.get("alg") != ALGORITHM or "crit" in header:
            raise UNAUTHORISED()
        return header

    def _refuse_wrong(self, raw: dict[str, Any], claims: AccessClaims) -> None:
        now = self._clock.now().timestamp()
        if raw.get("iss") != ISSUER or self._audience not in claims.audience:
            raise UNAUTHORISED()
        if not raw["nbf"] - LEEWAY_S <= now < raw["exp"] + LEEWAY_S:
            raise UNAUTHORISED()

    def _keys_for(self, kid: str) -> KeySet:
        with self._lock:
            if not self._knows(kid) and self._may_fetch():
                self._refetch()
            if self._keys is None:
                raise UNAUTHORISED()
            return self._keys

    def _knows(self, kid: str) -> bool:
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)

    def _may_fetch(self) -> bool:
        return self._fetched_at is None or self._clock.now() - self._fetched_at >= FETCH_AT_MOST_EVERY

    def _refetch(self) -> None:
        self._fetched_at = self._clock.now()
        try:
            self._keys = key_set(self._fetch())
        except (OSError, json.JSONDecodeError, JoseError):
            return
