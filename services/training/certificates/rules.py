"""What decides about certificates: their numbers, who may have one, and whether one still holds."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from unicodedata import normalize

from shared.clock import local_day
from shared.random import CROCKFORD

PREFIX = "HD"
TAIL_LENGTH = 8
NUMBER = re.compile(rf"{PREFIX}-(\d{{4}})-([{CROCKFORD}]{{{TAIL_LENGTH + 1}}})", re.ASCII)
MISREAD = str.maketrans("OIL", "011")


class State(StrEnum):
    """Whether a certificate holds."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Reason(StrEnum):
    """Why a certificate was revoked."""

    ISSUED_IN_ERROR = "issued-in-error"
    ATTENDANCE_DISPROVED = "attendance-disproved"
    SUPERSEDED = "superseded"
    MISUSE = "misuse"


@dataclass(frozen=True)
class Words:
    """A reason as the public page says it."""

    zh: str
    en: str


REASONS: dict[str, Words] = {
    Reason.ISSUED_IN_ERROR: Words("误发", "issued in error"),
    Reason.ATTENDANCE_DISPROVED: Words("出勤不属实", "attendance disproved"),
    Reason.SUPERSEDED: Words("已换发新证书", "replaced by a newer certificate"),
    Reason.MISUSE: Words("证书被冒用", "the certificate was misused"),
}


def certificate_number(issued_at: datetime, entropy: str) -> str:
    """Return the public number `HD-<year>-<8 random characters and a check character>`.

    `entropy` is what nobody can guess; 40 bits of its digest go into the number.
    """
    year = local_day(issued_at).year
    tail = "".join(CROCKFORD[byte % 32] for byte in hashlib.sha256(entropy.encode()).digest()[:TAIL_LENGTH])
    return f"{PREFIX}-{year}-{tail}{check_character(f'{year}{tail}')}"


def check_character(characters: str) -> str:
    """Return the check character of a Crockford text.

    A polynomial over the field of 32 elements (x^5 + x^2 + 1): any one wrong character and any two swapped ones show.
    """
    value = 0
    for character in characters:
        value = _times_x(value) ^ CROCKFORD.index(character)
    return CROCKFORD[_times_x(value)]


def tidy_number(typed: str) -> str:
    """Return a number as it is written, from how a person typed it: letter case, spaces, full width, O, I, L."""
    compact = re.sub(r"[\s-]", "", normalize("NFKC", typed).upper())
    head, year, tail = compact[:2], compact[2:6], compact[6:]
    return f"{head}-{year.translate(MISREAD)}-{tail.translate(MISREAD)}"


def is_well_formed(number: str) -> bool:
    """Tell whether a tidy number has the right shape and its check character holds."""
    match = NUMBER.fullmatch(number)
    return match is not None and check_character(match[1] + match[2][:-1]) == match[2][-1]


def named_twice(rider_ids: Sequence[str]) -> list[str]:
    """Return the riders that a list names more than once."""
    return sorted(rider_id for rider_id, count in Counter(rider_ids).items() if count > 1)


def last_day(issued_at: datetime, valid_days: int | None) -> date | None:
    """Return the last day on which a certificate holds in Asia/Shanghai, None for one without end."""
    return None if valid_days is None else local_day(issued_at) + timedelta(days=valid_days)


def state_of(revoked_at: datetime | None, expires_on: date | None, moment: datetime) -> State:
    """Return whether a certificate holds at the moment; a revoked one is revoked before it is expired."""
    if revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if expires_on is not None and local_day(moment) > expires_on else State.VALID


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled
