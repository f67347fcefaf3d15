"""Keys are fetched rarely, and nobody waits for a fetch whose key is known already."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.auth import Principal, Role, TokenVerifier
from shared.auth.tokens import AccessClaims, SigningKeys
from shared.auth.verifier import FETCH_AT_MOST_EVERY
from shared.clock import SettableClock
from shared.errors import Refusal
from shared.random import SystemRandom
from tests.moments import NOON
from tests.tokens import SIGNING_KEYS

RIDER = Principal("r1", Role.RIDER, "110108005")


class Issuer:
    """The issuer's published keys, as the tests want them to answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.publish: Callable[[], Mapping[str, Any]] = SIGNING_KEYS.public

    def __call__(self) -> Mapping[str, Any]:
        """Answer one fetch."""
        self.asked += 1
        return self.publish()


@pytest.fixture
def clock() -> SettableClock:
    """Return a clock that the test moves."""
    return SettableClock(NOON)


@pytest.fixture
def issuer() -> Issuer:
    """Return an issuer."""
    return Issuer()


@pytest.fixture
def verifier(issuer: Issuer, clock: SettableClock) -> TokenVerifier:
    """Return a verifier that has fetched nothing yet."""
    return TokenVerifier("rewards", issuer, clock)


def signed(keys: SigningKeys, clock: SettableClock) -> str:
    """Return a rider's token of now."""
    return keys.sign(AccessClaims.for_person(RIDER, clock.now()))


def test_keys_that_were_never_fetched_are_an_outage_and_not_a_wrong_token(
    verifier: TokenVerifier, issuer: Issuer, clock: SettableClock
) -> None:
    issuer.publish = failing(ConnectionError())

    with pytest.raises(Refusal) as refused:
        verifier.person(signed(SIGNING_KEYS, clock))
    issuer.publish = SIGNING_KEYS.public

    assert (refused.value.kind.status, refused.value.kind.code) == (503, "unverifiable")
    assert verifier.person(signed(SIGNING_KEYS, clock)) == RIDER


@pytest.mark.parametrize(
    "answer",
    [{}, {"keys": 1}, {"keys": [1]}, {"keys": [{"kty": "OKP"}]}, {"keys": [{"kty": "magic"}]}, ["keys"]],
    ids=repr,
)
def test_an_answer_that_is_no_key_set_leaves_the_known_keys(
    verifier: TokenVerifier, issuer: Issuer, clock: SettableClock, answer: Any
) -> None:
    verifier.person(signed(SIGNING_KEYS, clock))
    issuer.publish = lambda: answer
    clock.advance(FETCH_AT_MOST_EVERY)

    with pytest.raises(Refusal):
        verifier.person(signed(new_keys(), clock))

    assert issuer.asked == 2
    assert verifier.person(signed(SIGNING_KEYS, clock)) == RIDER


def test_a_new_key_is_known_a_minute_after_the_last_fetch_at_most(
    verifier: TokenVerifier, issuer: Issuer, clock: SettableClock
) -> None:
    verifier.person(signed(SIGNING_KEYS, clock))
    new = new_keys()
    issuer.publish = SigningKeys([new.newest, *SIGNING_KEYS.keys]).public

    with pytest.raises(Refusal):
        verifier.person(signed(new, clock))
    clock.advance(FETCH_AT_MOST_EVERY - timedelta(seconds=1))
    with pytest.raises(Refusal):
        verifier.person(signed(new, clock))
    clock.advance(timedelta(seconds=1))

    assert verifier.person(signed(new, clock)) == RIDER
    assert verifier.person(signed(SIGNING_KEYS, clock)) == RIDER
    assert issuer.asked == 2


def test_a_slow_fetch_for_a_stranger_keeps_nobody_else_waiting(
    verifier: TokenVerifier, issuer: Issuer, clock: SettableClock
) -> None:
    verifier.person(signed(SIGNING_KEYS, clock))
    clock.advance(FETCH_AT_MOST_EVERY)
    fetching, go_on = threading.Event(), threading.Event()
    issuer.publish = held(fetching, go_on)
    stranger = threading.Thread(target=refused_person, args=(verifier, signed(new_keys(), clock)))
    stranger.start()
    assert fetching.wait(10)

    known = verifier.person(signed(SIGNING_KEYS, clock))
    still_fetching = stranger.is_alive()

    go_on.set()
    stranger.join(10)
    assert (known, still_fetching) == (RIDER, True)
    assert not stranger.is_alive()


def new_keys() -> SigningKeys:
    """Return keys that nobody knows yet."""
    return SigningKeys.generate(SystemRandom(), NOON)


def failing(error: Exception) -> Callable[[], Mapping[str, Any]]:
    """Return a fetch that fails."""

    def fail() -> Mapping[str, Any]:
        raise error

    return fail


def held(fetching: threading.Event, go_on: threading.Event) -> Callable[[], Mapping[str, Any]]:
    """Return a fetch that says when it began and waits to be let on."""

    def hold() -> Mapping[str, Any]:
        fetching.set()
        go_on.wait(10)
        return SIGNING_KEYS.public()

    return hold


def refused_person(verifier: TokenVerifier, token: str) -> None:
    """Have a token refused."""
    with pytest.raises(Refusal):
        verifier.person(token)
