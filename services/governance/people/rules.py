"""What decides about people: where a rider belongs, and whether somebody's office has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

PHOTO, PRECISE_LOCATION = "photo", "precise-location"
"""The purposes of registration's consents that bind here."""


@dataclass(frozen=True)
class Office:
    """An appointment, as far as it decides: its last day, and whether it was ended before."""

    ends_on: date | None
    ended: bool

    def is_over(self, today: date) -> bool:
        """Tell whether the office is held no more."""
        return self.ended or (self.ends_on is not None and self.ends_on < today)


def has_left(offices: Sequence[Office], today: date) -> bool:
    """Tell whether every known appointment to an office is over.

    A token outlives the end of an office by minutes, so what has been heard of an end goes first; where nothing has
    been heard, the token is all there is to know.
    """
    return bool(offices) and all(office.is_over(today) for office in offices)


def home_of(in_token: str | None, as_told: str | None) -> str | None:
    """Return the sub-district of a rider: the token's, or else what registration told us.

    The token goes first so that the answer is the same whether or not the rider's events have arrived yet.
    """
    return in_token or as_told
