"""Registration's own secrets: keyed digests of what must be found again, and a seal for what is no rider's."""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.secret_files import SecretFolder

NONCE_BYTES = 12
FILE_NAME = "registration.pepper"


@dataclass(frozen=True)
class Secrets:
    """Digests and seals under one secret; each `purpose` is a key of its own."""

    pepper: bytes

    def digest(self, purpose: str, *words: str) -> str:
        """Return the keyed digest (HMAC-SHA-256, hexadecimal) by which the words are found, and not read."""
        return hmac.new(self._key(purpose), "\x1f".join(words).encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, plain: str) -> bytes:
        """Return text sealed with AES-256-GCM."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key(purpose)).encrypt(nonce, plain.encode(), purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> str:
        """Return the text that was sealed for the same purpose; raises InvalidTag for anything else."""
        nonce, cipher = sealed[:NONCE_BYTES], AESGCM(self._key(purpose))
        return cipher.decrypt(nonce, sealed[NONCE_BYTES:], purpose.encode()).decode()

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self.pepper, purpose.encode(), hashlib.sha256).digest()


def open_secrets(folder: SecretFolder) -> Secrets:
    """Return the secrets that a folder keeps."""
    return Secrets(folder.key(FILE_NAME))


def same(one: str, other: str) -> bool:
    """Compare two digests in a time that tells nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())
