"""What decides whether somebody still holds the office that a token names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.errors import ProblemKind

OFFICE_ENDED = ProblemKind(
    code="office-ended",
    status=403,
    title_zh="您的任职已结束",
    title_en="Your appointment has ended",
    detail_zh="您登录时的任职已结束，不能再以该身份查看或办理任何事项。请重新登录；如有误，请联系区级管理员。",
    detail_en="The appointment with which you signed in has ended, so nothing can be read or done in that office any "
    "more. Sign in again, or ask a district administrator if this is wrong.",
)


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
