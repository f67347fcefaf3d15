"""How long a reservation lasts, what a voucher code looks like, and what state lets a voucher do what."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from shared.random import CROCKFORD
from shared.validity import valid_at

RESERVED, RELEASED, ISSUED, REDEEMED = "reserved", "released", "issued", "redeemed"
EXPIRED, VOID = "expired", "void"
UNUSED = (ISSUED, EXPIRED)
CODE_CHARS = 10
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
BETWEEN = str.maketrans({" ": None, "-": None})


@dataclass(frozen=True)
class VoucherRule:
    """How long points stay reserved for a voucher that is not issued."""

    valid_from: date
    reserved_for: timedelta


FIRST_RULES = (VoucherRule(date(2024, 1, 1), timedelta(minutes=10)),)


def voucher_rule(moment: datetime, rules: Sequence[VoucherRule] = FIRST_RULES) -> VoucherRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(rules, moment)


def code_from(secret: str) -> str:
    """Return the voucher code, ten characters of Crockford's base 32, that belongs to an unpredictable text."""
    digest = hashlib.sha256(f"voucher-code/{secret}".encode()).digest()
    return "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in digest[:CODE_CHARS])


def typed_code(text: str) -> str:
    """Return a code as it was issued from what was typed: any case, spaced, with letters that look like digits."""
    return text.upper().translate(BETWEEN).translate(MISREAD)


class Timed(Protocol):
    """A voucher's state and the moments that end it."""

    @property
    def state(self) -> str:
        """The state that was written last."""
        ...

    @property
    def reserved_until(self) -> datetime:
        """When a reservation ends."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """When an issued voucher expires."""
        ...


def state_at(voucher: Timed, now: datetime) -> str:
    """Return the state that counts now: what has ended has ended before its timer fires."""
    if voucher.state == RESERVED and voucher.reserved_until <= now:
        return RELEASED
    if voucher.state == ISSUED and voucher.expires_at is not None and voucher.expires_at <= now:
        return EXPIRED
    return voucher.state


def was_usable(voucher: Timed, moment: datetime) -> bool:
    """Tell whether an issued voucher could still be used at a moment, even where its expiry has been told since."""
    return voucher.state in UNUSED and voucher.expires_at is not None and moment < voucher.expires_at
