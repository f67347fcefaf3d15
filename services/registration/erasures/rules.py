"""For how long a phone rests after an erasure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.clock import local_day


@dataclass(frozen=True)
class RestRule:
    """For how long an erased phone cannot be registered anew, from a day on; longer than any daily limit counts."""

    valid_from: date
    rest: timedelta


RULES = (RestRule(date(2024, 1, 1), rest=timedelta(hours=24)),)


def free_from(erased_at: datetime) -> datetime:
    """Return when the phone of a rider who was erased then may be registered again."""
    valid = [rule for rule in RULES if rule.valid_from <= local_day(erased_at)]
    return erased_at + (valid[-1] if valid else RULES[0]).rest
