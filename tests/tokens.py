"""Real tokens for tests, signed by one key that every test verifier knows."""

from shared.auth import Principal, Role, TokenVerifier
from shared.auth.tokens import AccessClaims, SigningKeys
from shared.clock import Clock
from shared.random import SystemRandom
from tests.moments import NOON

SIGNING_KEYS = SigningKeys.generate(SystemRandom(), NOON)


def verifier_for(service: str, clock: Clock) -> TokenVerifier:
    """Return a verifier of the tokens that name the service."""
    return TokenVerifier(service, SIGNING_KEYS.public, clock)


def bearer(principal: Principal, service: str, clock: Clock) -> str:
    """Return a signed token: a service's names its one target, a person's all services."""
    now = clock.now()
    if principal.role is Role.SERVICE:
        return SIGNING_KEYS.sign(AccessClaims.for_service(principal.id, service, principal.scopes, now))
    return SIGNING_KEYS.sign(AccessClaims.for_person(principal, now))
