"""Rules kept as data: each holds from a day on, until the next one does."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from shared.clock import local_day


class Dated(Protocol):
    """A rule that says from which day on it holds."""

    @property
    def valid_from(self) -> date:
        """The first day, in Asia/Shanghai, on which the rule holds."""
        ...


R = TypeVar("R", bound=Dated)


def valid_at(rules: Sequence[R], moment: datetime) -> R:
    """Return the newest rule of the moment's day in Asia/Shanghai; before all of them, the one that stands first."""
    begun = [rule for rule in rules if rule.valid_from <= local_day(moment)]
    return max(begun, key=lambda rule: rule.valid_from) if begun else rules[0]
