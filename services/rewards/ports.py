"""What rewards is given from outside when it is built."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import cast

from shared.web import Call

KEY_BYTES_MIN = 32


@dataclass(frozen=True, kw_only=True)
class Ports:
    """`code_key` is the secret under which voucher codes are found; raises ValueError below 32 bytes."""

    code_key: bytes

    def __post_init__(self) -> None:
        """Refuse a key that could be guessed."""
        if len(self.code_key) < KEY_BYTES_MIN:
            message = f"the key of voucher codes has {len(self.code_key)} bytes; give it at least {KEY_BYTES_MIN}"
            raise ValueError(message)

    def digest(self, code: str) -> str:
        """Return the keyed digest (HMAC-SHA-256, hexadecimal) by which a voucher code is found, and not read."""
        return hmac.new(self.code_key, f"voucher-code/{code}".encode(), hashlib.sha256).hexdigest()


def ports_of(call: Call) -> Ports:
    """Return what rewards was built with."""
    return cast(Ports, call.ports)
