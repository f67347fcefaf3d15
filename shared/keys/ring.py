"""One service's keys of riders, wrapped by its master key and kept apart from its database."""

import hashlib
import hmac
import os
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import ConfigurationError

NONCE_BYTES = 12
KEY_BITS = 256


class KeyDestroyedError(LookupError):
    """The rider's key was destroyed: what it sealed can never be read again."""


class KeyBox(Protocol):
    """Where wrapped keys are kept: a store of its own that no dump of the service's database holds."""

    def find(self, rider_id: str) -> bytes | None:
        """Return the wrapped key, None where there never was one; raises KeyDestroyedError after `destroy`."""
        ...

    def find_all(self, rider_ids: Collection[str]) -> Mapping[str, bytes | None]:
        """Return the wrapped keys of those riders who had one, None for one that was destroyed."""
        ...

    def add(self, rider_id: str, wrapped: bytes) -> bytes:
        """Keep a key unless the rider has one; return the one that is kept. Raises KeyDestroyedError."""
        ...

    def destroy(self, rider_id: str) -> None:
        """Forget the rider's key for ever, and let none take its place."""
        ...

    def any_living(self) -> tuple[str, bytes] | None:
        """Return a rider and the wrapped key, None where the box holds no key."""
        ...

    def is_new(self) -> bool:
        """Tell whether the box has never held a key; one that was destroyed leaves its trace."""
        ...


class KeyRing:
    """Seals and opens personal data under the rider's own key (AES-256-GCM).

    `place` (table and column, say) is bound into the seal: sealed bytes moved elsewhere do not open.
    """

    def __init__(self, master: bytes, box: KeyBox) -> None:
        self._master = AESGCM(master)
        self._digesting = hmac.new(master, b"digest", hashlib.sha256).digest()
        self._box = box

    def seal(self, rider_id: str, place: str, plain: bytes) -> bytes:
        """Return the bytes sealed under the rider's key, made on first use. Raises KeyDestroyedError."""
        return _encrypt(self._key(rider_id), plain, f"{rider_id}/{place}".encode())

    def open(self, rider_id: str, place: str, sealed: bytes) -> bytes:
        """Return the plain bytes. Raises KeyDestroyedError, and ValueError when the bytes were altered or moved."""
        return _decrypt(self._key(rider_id), sealed, f"{rider_id}/{place}".encode())

    def seal_text(self, rider_id: str, place: str, text: str) -> bytes:
        """Seal text as UTF-8."""
        return self.seal(rider_id, place, text.encode())

    def open_text(self, rider_id: str, place: str, sealed: bytes) -> str:
        """Open text that was sealed as UTF-8."""
        return self.open(rider_id, place, sealed).decode()

    def destroy(self, rider_id: str) -> None:
        """Destroy the rider's key: nothing that it sealed can be read from now on."""
        self._box.destroy(rider_id)

    def digest(self, text: bytes) -> str:
        """Return the keyed digest (HMAC-SHA-256, hexadecimal) by which bytes are recognised and cannot be guessed."""
        return hmac.new(self._digesting, text, hashlib.sha256).hexdigest()

    def refuse_other_master(self, service: str) -> None:
        """Raise ConfigurationError where the keys in the box were wrapped by another master key than this one."""
        if (kept := self._box.any_living()) is None:
            return
        rider_id, wrapped = kept
        try:
            _decrypt(self._master, wrapped, _about(rider_id))
        except ValueError:
            message = (
                f"the rider keys of {service} were wrapped by another master key than the one in its folder of "
                f"secrets: start nothing that makes new ones, and put the secrets of {service} back from a backup of "
                "keys, by `cheqi secrets --from` into an empty folder"
            )
            raise ConfigurationError(message) from None

    def refuse_lost_keys(self, service: str, holds_sealed: Callable[[], bool]) -> None:
        """Raise ConfigurationError where the box has never held a key, and its store holds what one sealed."""
        if self._box.is_new() and holds_sealed():
            message = (
                f"the store of {service} holds what rider keys sealed, and there is no key: they were lost. Start "
                "nothing that makes new ones, move the secrets that were made since out of the way, and put secrets "
                "and keys back with `cheqi restore` and a backup that `cheqi backup --keys` made"
            )
            raise ConfigurationError(message)

    def _key(self, rider_id: str) -> AESGCM:
        about = _about(rider_id)
        wrapped = self._find(rider_id)
        if wrapped is None:
            fresh = AESGCM.generate_key(KEY_BITS)
            wrapped = self._box.add(rider_id, _encrypt(self._master, fresh, about))
        return AESGCM(_decrypt(self._master, wrapped, about))

    def _find(self, rider_id: str) -> bytes | None:
        return self._box.find(rider_id)


class TransactionRing(KeyRing):
    """A service's ring in one transaction or snapshot: a key that was found once is at hand until it ends."""

    def __init__(self, ring: KeyRing) -> None:
        self._master, self._digesting, self._box = ring._master, ring._digesting, ring._box
        self._found: dict[str, bytes | None] = {}

    def look_up(self, rider_ids: Collection[str]) -> None:
        """Find the keys of many riders at once, before what they sealed is opened."""
        self._found.update(self._box.find_all(rider_ids))

    def destroy(self, rider_id: str) -> None:
        """Destroy the rider's key: nothing that it sealed can be read from now on."""
        self._found.pop(rider_id, None)
        super().destroy(rider_id)

    def _find(self, rider_id: str) -> bytes | None:
        if rider_id not in self._found and (wrapped := self._box.find(rider_id)) is not None:
            self._found[rider_id] = wrapped
        return kept_key(rider_id, self._found[rider_id]) if rider_id in self._found else None


def kept_key(rider_id: str, wrapped: bytes | None) -> bytes:
    """Return a key that is kept; raises KeyDestroyedError for the empty place of one that was destroyed."""
    if wrapped is None:
        message = f"the key of rider {rider_id} was destroyed when the rider was erased"
        raise KeyDestroyedError(message)
    return wrapped


def _about(rider_id: str) -> bytes:
    return f"key/{rider_id}".encode()


def _encrypt(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, about)


def _decrypt(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except InvalidTag as error:
        message = f"what is sealed at {about.decode()} was altered, moved, or sealed under another key"
        raise ValueError(message) from error
