"""Argon2id hashes of passwords; slow on purpose, so never computed inside a transaction that others wait for."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
"""What OWASP's password storage cheat sheet asks of argon2id at least; with the library's own 64 MiB a sign-in, those
of a morning would need more memory than all services together."""
TURN = threading.BoundedSemaphore(2)
"""As many are computed at once; more would be no faster on two processors, and each takes 19 MiB."""


@cache
def nobody() -> str:
    """Return the hash that is compared where there is no such login."""
    return HASHER.hash("the password of nobody")


def hash_of(password: str) -> str:
    """Return the hash to keep of a password."""
    with TURN:
        return HASHER.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the one that was hashed; takes as long where there is none."""
    try:
        with TURN:
            HASHER.verify(password_hash or nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
