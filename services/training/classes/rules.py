"""What decides about classes: when and where the first session is, and what may be noted of a rider and when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from shared.clock import SHANGHAI, local_day
from shared.validity import valid_at


@dataclass(frozen=True)
class ClassRule:
    """When a class that one order opened first meets (Asia/Shanghai), and how early one may check in."""

    valid_from: date
    promised_days: int
    first_at: time
    check_in_opens: timedelta


CLASS_RULES = (ClassRule(date(2024, 1, 1), promised_days=7, first_at=time(20, 0), check_in_opens=timedelta(hours=1)),)


class Outcome(StrEnum):
    """What staff confirm of a rider who has a place: an excuse is not a no-show."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


@dataclass(frozen=True)
class Venue:
    """Where a class meets, in both languages."""

    zh: str
    en: str


def class_rule(moment: datetime) -> ClassRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(CLASS_RULES, moment)


def first_session(ordered_at: datetime) -> datetime:
    """Return when a class that an order opens first meets, in UTC: on the last promised day, in the evening."""
    rule = class_rule(ordered_at)
    day = local_day(ordered_at) + timedelta(days=rule.promised_days)
    return datetime.combine(day, rule.first_at, SHANGHAI).astimezone(UTC)


def default_venue(subdistrict_name: str) -> Venue:
    """Return the classroom where a sub-district's classes meet unless staff say otherwise."""
    return Venue(f"{subdistrict_name}骑手课堂", f"Riders' classroom of {subdistrict_name}")


def check_in_opens_at(starts_at: datetime) -> datetime:
    """Return from when on a rider may be checked in."""
    return starts_at - class_rule(starts_at).check_in_opens


def noted_outcome(standing: str | None, *, on_sheet: Outcome | None) -> Outcome:
    """Return what holds after an attendance sheet: a confirmed presence stays, and an excuse unless the rider came.

    Who is on no sheet was absent.
    """
    if standing == Outcome.PRESENT:
        return Outcome.PRESENT
    return on_sheet or (Outcome.EXCUSED if standing == Outcome.EXCUSED else Outcome.ABSENT)
