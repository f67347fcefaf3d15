"""Verifying access tokens without asking the issuer: its public keys are fetched rarely and served stale."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.auth.principal import Principal, Role
from shared.auth.tokens import ALGORITHM, ISSUER, TYPE, AccessClaims, key_set
from shared.clock import Clock
from shared.errors import FORBIDDEN, UNAUTHORISED, UNVERIFIABLE

FETCH_AT_MOST_EVERY = timedelta(minutes=1)
LEEWAY = timedelta(seconds=5)
TOKEN_MAX_CHARS = 4096

FetchKeys = Callable[[], Mapping[str, Any]]

log = structlog.get_logger(__name__)


class TokenVerifier:
    """Verifies the tokens that name one service.

    `fetch` returns the issuer's key set or raises OSError; it is asked for a key that is not known, once a minute at
    most, and while it cannot be reached the keys that are known go on to hold. Until it was reached once, nobody can be
    told from anybody: UNVERIFIABLE is raised, and `fetch` is asked again at every request.
    """

    def __init__(self, audience: str, fetch: FetchKeys, clock: Clock) -> None:
        self._audience, self._fetch, self._clock = audience, fetch, clock
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._lock = threading.Lock()

    def person(self, token: str) -> Principal:
        """Return the person or platform that a token speaks for; raises UNAUTHORISED, FORBIDDEN for a service's."""
        principal = self._verify(token).principal
        if principal.role is Role.SERVICE:
            raise FORBIDDEN()
        return principal

    def service(self, token: str) -> Principal:
        """Return the service that a token speaks for; raises UNAUTHORISED, FORBIDDEN for a person's."""
        claims = self._verify(token)
        if claims.principal.role is not Role.SERVICE:
            raise FORBIDDEN()
        if claims.audience != (self._audience,):
            raise UNAUTHORISED()
        return claims.principal

    def _verify(self, token: str) -> AccessClaims:
        try:
            header = self._header(token)
            decoded = jwt.decode(token, self._keys_for(header["kid"]), algorithms=[ALGORITHM])
            claims = AccessClaims.decode(decoded.claims)
        except (JoseError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise UNAUTHORISED() from error
        self._refuse_wrong(claims, decoded.claims.get("iss"))
        return claims

    def _header(self, token: str) -> dict[str, Any]:
        """Return the protected header of a token of ours; the keys that a token brings along are never looked at."""
        if len(token) > TOKEN_MAX_CHARS:
            raise UNAUTHORISED()
        header = dict(jws.extract_compact(token.encode()).protected)
        if header.get("typ") != TYPE or header.get("alg") != ALGORITHM or "crit" in header:
            raise UNAUTHORISED()
        return header

    def _refuse_wrong(self, claims: AccessClaims, issuer: object) -> None:
        now = self._clock.now()
        if issuer != ISSUER or self._audience not in claims.audience:
            raise UNAUTHORISED()
        if not claims.not_before - LEEWAY <= now < claims.expires_at + LEEWAY:
            raise UNAUTHORISED()

    def _keys_for(self, kid: str) -> KeySet:
        """Return the known keys; requests whose key is among them never wait for a fetch."""
        keys = self._keys
        if keys is not None and _holds(keys, kid):
            return keys
        with self._lock:
            if self._may_fetch(kid):
                self._refetch()
            if self._keys is None:
                raise UNVERIFIABLE()
            return self._keys

    def _may_fetch(self, kid: str) -> bool:
        if self._keys is None or self._fetched_at is None:
            return True
        return not _holds(self._keys, kid) and self._clock.now() - self._fetched_at >= FETCH_AT_MOST_EVERY

    def _refetch(self) -> None:
        self._fetched_at = self._clock.now()
        try:
            self._keys = key_set(self._fetch())
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            log.warning("keys not fetched", error=type(error).__name__)


def _holds(keys: KeySet, kid: str) -> bool:
    return any(key.kid == kid for key in keys.keys)
