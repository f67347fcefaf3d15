"""The random port, and the ids made from it or derived from a cause."""

import hashlib
import random
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Protocol

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Random(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """Return `count` unpredictable bytes."""
        ...


class SystemRandom:
    """The operating system's source."""

    def bytes(self, count: int) -> bytes:
        """Return `count` unpredictable bytes."""
        return secrets.token_bytes(count)


class SeededRandom:
    """A repeatable source for tests and the demonstration."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, never used by a deployment

    def bytes(self, count: int) -> bytes:
        """Return the next `count` bytes of the seed's sequence."""
        return self._random.randbytes(count)


def uuid7(moment: datetime, entropy: bytes) -> str:
    """Build a UUIDv7 (RFC 9562) from a moment and ten bytes."""
    return _id(moment, entropy.hex())


def _id(moment: datetime, rest: str) -> str:
    return f"{_milliseconds(moment)}-7{rest[1:4]}-{VARIANTS[rest[4]]}{rest[5:8]}-{rest[8:20]}"


@lru_cache(maxsize=1024)
def _milliseconds(moment: datetime) -> str:
    """Return a moment as an id begins with it; an event's own moment is in every id that it leads to."""
    time = f"{int(moment.timestamp() * 1000):012x}"
    return f"{time[:8]}-{time[8:]}"


def derived_id(moment: datetime, *parts: str) -> str:
    """Build the one UUIDv7 that belongs to these words: whoever retries gets the same."""
    return _id(moment, hashlib.sha256("\x1f".join(parts).encode()).hexdigest())


def digits(source: Random, count: int) -> str:
    """Return a random number of `count` digits, leading zeros kept."""
    return str(int.from_bytes(source.bytes(16), "big") % 10**count).zfill(count)


def crockford(source: Random, count: int) -> str:
    """Return `count` random characters of Crockford's base 32: no I, L, O or U to misread."""
    return "".join(CROCKFORD[byte % 32] for byte in source.bytes(count))


def token(source: Random) -> str:
    """Return an opaque secret of 256 bits in hexadecimal."""
    return source.bytes(32).hex()
