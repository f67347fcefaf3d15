"""A token is good when its issuer signed it, for this service, for now; anything else is refused alike."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.auth import Principal, Role, TokenVerifier
from shared.auth.tokens import ACCESS_LIFE, ALGORITHM, TYPE, AccessClaims, SigningKeys
from shared.auth.verifier import FETCH_AT_MOST_EVERY
from shared.clock import SettableClock
from shared.errors import Refusal
from shared.random import SystemRandom
from tests.moments import NOON
from tests.tokens import SIGNING_KEYS, verifier_for

RIDER = Principal("r1", Role.RIDER, "110108005")
CLAIMS = AccessClaims.for_person(RIDER, NOON)
SERVICE = AccessClaims.for_service("notify", "registration", frozenset({"rider.phone:read"}), NOON)


def test_a_person_is_known_to_every_service_that_people_use() -> None:
    token = SIGNING_KEYS.sign(CLAIMS)

    assert verifier_for("rewards", SettableClock(NOON)).person(token) == RIDER
    assert verifier_for("governance", SettableClock(NOON)).person(token) == RIDER


def test_a_service_is_known_to_its_one_target_with_its_scopes() -> None:
    token = SIGNING_KEYS.sign(SERVICE)

    known = verifier_for("registration", SettableClock(NOON)).service(token)

    assert known.scopes == {"rider.phone:read"}
    with pytest.raises(Refusal):
        verifier_for("rewards", SettableClock(NOON)).service(token)


def test_a_token_lives_ten_minutes_and_no_longer() -> None:
    clock = SettableClock(NOON)
    token = SIGNING_KEYS.sign(CLAIMS)
    verifier = verifier_for("rewards", clock)
    clock.advance(ACCESS_LIFE - timedelta(seconds=1))

    assert verifier.person(token) == RIDER
    clock.advance(timedelta(seconds=10))
    with pytest.raises(Refusal):
        verifier.person(token)


def test_people_and_services_do_not_pass_for_each_other() -> None:
    clock = SettableClock(NOON)

    with pytest.raises(Refusal):
        verifier_for("registration", clock).person(SIGNING_KEYS.sign(SERVICE))
    with pytest.raises(Refusal):
        verifier_for("rewards", clock).service(SIGNING_KEYS.sign(CLAIMS))


def test_a_service_token_for_several_targets_is_refused() -> None:
    token = SIGNING_KEYS.sign(replace(SERVICE, audience=("registration", "rewards")))

    with pytest.raises(Refusal):
        verifier_for("rewards", SettableClock(NOON)).service(token)


def encoded(header: dict[str, Any], claims: dict[str, Any], key: Any = None) -> str:
    """Return a token made by hand."""
    alg = header["alg"]
    return jwt.encode(header, claims, key or SIGNING_KEYS.newest, algorithms=[alg])


def header(**changes: Any) -> dict[str, Any]:
    """Return the header of a good token, changed."""
    return {"alg": ALGORITHM, "typ": TYPE, "kid": SIGNING_KEYS.newest.kid, **changes}


def unsigned(header: dict[str, Any]) -> str:
    """Return a token whose signature is none."""
    head = urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{head}.e30.AAAA"


FOREIGN = OKPKey.generate_key("Ed25519", {"kid": str(SIGNING_KEYS.newest.kid)})
SECRET = OctKey.import_key(b"x" * 32)
FORGERIES: dict[str, Callable[[], str]] = {
    "another key under the same id": lambda: encoded(header(), CLAIMS.encode(), FOREIGN),
    "a key of its own": lambda: encoded(header(jwk=FOREIGN.as_dict(private=False)), CLAIMS.encode(), FOREIGN),
    "a symmetric algorithm": lambda: encoded(header(alg="HS256"), CLAIMS.encode(), SECRET),
    "another type": lambda: encoded(header(typ="JWT"), CLAIMS.encode()),
    "another issuer": lambda: encoded(header(), {**CLAIMS.encode(), "iss": "https://example.org"}),
    "another audience": lambda: encoded(header(), {**CLAIMS.encode(), "aud": ["elsewhere"]}),
    "an unknown role": lambda: encoded(header(), {**CLAIMS.encode(), "role": "emperor"}),
    "not before tomorrow": lambda: encoded(header(), {**CLAIMS.encode(), "nbf": int(NOON.timestamp()) + 86400}),
    "no beginning": lambda: encoded(header(), {k: v for k, v in CLAIMS.encode().items() if k != "nbf"}),
    "an endless expiry": lambda: encoded(header(), {**CLAIMS.encode(), "exp": 10**30}),
    "no issuer": lambda: encoded(header(), {k: v for k, v in CLAIMS.encode().items() if k != "iss"}),
    "a key from elsewhere": lambda: encoded(header(jku="https://example.org/keys"), CLAIMS.encode(), FOREIGN),
    "a certificate of its own": lambda: encoded(header(x5u="https://example.org/c"), CLAIMS.encode(), FOREIGN),
    "no signature": lambda: SIGNING_KEYS.sign(CLAIMS).rpartition(".")[0] + ".",
    "no algorithm": lambda: unsigned({"alg": "none", "typ": TYPE}),
    "a key id that is none": lambda: unsigned({"alg": ALGORITHM, "typ": TYPE, "kid": {"a": 1}}),
    "a deep header": lambda: unsigned({"alg": ALGORITHM, "typ": TYPE, "kid": [[[[[["x"]]]]]]}),
    "characters that are none": lambda: "\ud800.é.\x00",
    "no expiry": lambda: encoded(header(), {k: v for k, v in CLAIMS.encode().items() if k != "exp"}),
    "an expiry in words": lambda: encoded(header(), {**CLAIMS.encode(), "exp": "never"}),
    "no key id": lambda: encoded({"alg": ALGORITHM, "typ": TYPE}, CLAIMS.encode()),
    "an altered signature": lambda: SIGNING_KEYS.sign(CLAIMS)[:-4] + "AAAA",
    "no token": lambda: "hello",
    "no content": lambda: "..",
    "a flood": lambda: "a" * 1_000_000,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forgeries_are_refused(forgery: str) -> None:
    token = FORGERIES[forgery]()

    with pytest.raises(Refusal):
        verifier_for("rewards", SettableClock(NOON)).person(token)


def test_an_unknown_key_is_asked_for_once_a_minute_at_most() -> None:
    clock = SettableClock(NOON)
    asked: list[datetime] = []

    def fetch() -> dict[str, Any]:
        asked.append(clock.now())
        return SIGNING_KEYS.public()

    verifier = TokenVerifier("rewards", fetch, clock)
    stranger = SigningKeys.generate(SystemRandom(), NOON).sign(CLAIMS)

    for _ in range(5):
        with pytest.raises(Refusal):
            verifier.person(stranger)
    clock.advance(FETCH_AT_MOST_EVERY)
    with pytest.raises(Refusal):
        verifier.person(stranger)

    assert len(asked) == 2


def test_known_keys_hold_while_the_issuer_cannot_be_reached() -> None:
    clock = SettableClock(NOON)
    reachable = [True]
    verifier = TokenVerifier("rewards", lambda: fetch_if(reachable[0]), clock)
    verifier.person(SIGNING_KEYS.sign(CLAIMS))
    reachable[0] = False
    clock.advance(FETCH_AT_MOST_EVERY)
    with pytest.raises(Refusal):
        verifier.person(SigningKeys.generate(SystemRandom(), NOON).sign(CLAIMS))

    assert verifier.person(SIGNING_KEYS.sign(AccessClaims.for_person(RIDER, clock.now()))) == RIDER


def fetch_if(reachable: bool) -> dict[str, Any]:  # noqa: FBT001 - the one thing it is about
    """Return the issuer's keys, unless it is away."""
    if not reachable:
        raise ConnectionError
    return SIGNING_KEYS.public()
