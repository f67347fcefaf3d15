"""What decides about reports: how many are taken, which earn, and which lie near one another."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shared.geo import Point, haversine_m
from shared.validity import valid_at


class NoAward(StrEnum):
    """Why a report is accepted and earns nothing."""

    DAILY_LIMIT = "daily-limit"
    OWN_PHOTO_AGAIN = "own-photo-again"


@dataclass(frozen=True)
class EarningRule:
    """How many reports of a rider may earn on one day of Asia/Shanghai, from a day on."""

    valid_from: date
    reports_max: int


@dataclass(frozen=True)
class ReportingRule:
    """How many reports of a rider are taken on one day of Asia/Shanghai, from a day on, whether they earn or not."""

    valid_from: date
    reports_max: int


@dataclass(frozen=True)
class ChangingRule:
    """How often the rider may correct a report, from a day on: each correction is told, and kept for ever."""

    valid_from: date
    changes_max: int


@dataclass(frozen=True)
class NearRule:
    """How near in metres and in time an open report of the same category must be to be suggested, from a day on."""

    valid_from: date
    radius_m: int
    within: timedelta


EARNING_RULES = (EarningRule(date(2024, 1, 1), reports_max=5),)
REPORTING_RULES = (ReportingRule(date(2024, 1, 1), reports_max=50),)
CHANGING_RULES = (ChangingRule(date(2024, 1, 1), changes_max=20),)
NEAR_RULES = (NearRule(date(2024, 1, 1), radius_m=50, within=timedelta(days=14)),)
SHOWN_STEP_M = 10
"""Places are compared as they lie in a grid of such steps: whoever moves a report, or makes many, to find out where a
stranger's report lies learns in which square of the grid, and nothing more."""
METRES_PER_DEGREE = 111_195.0


def earning_rule(moment: datetime) -> EarningRule:
    """Return the daily limit that holds at the moment."""
    return valid_at(EARNING_RULES, moment)


def reporting_rule(moment: datetime) -> ReportingRule:
    """Return how many reports of a rider are taken on the moment's day."""
    return valid_at(REPORTING_RULES, moment)


def changing_rule(moment: datetime) -> ChangingRule:
    """Return how often a report may be corrected at the moment."""
    return valid_at(CHANGING_RULES, moment)


def near_rule(moment: datetime) -> NearRule:
    """Return what counts as near at the moment."""
    return valid_at(NEAR_RULES, moment)


def forgone_award(rule: EarningRule, *, earning: int, own_photo: bool) -> NoAward | None:
    """Return why a report earns nothing, None where it earns; `earning` of the day's reports earn already.

    A photo that the rider sent before earns nothing again, whatever became of the first report of it and on whatever
    day that was: otherwise one picture of one hazard would pay every day, and one above the daily limit would pay on
    the next. Such a report does not count towards the limit. Somebody else's photo does earn: which of two riders took
    the picture is for staff to find, who see that it was sent before, and who merge or reject.
    """
    if own_photo:
        return NoAward.OWN_PHOTO_AGAIN
    return NoAward.DAILY_LIMIT if earning >= rule.reports_max else None


def nearness_m(rule: NearRule, here: Point, there: Point) -> int | None:
    """Return how far apart two places are, in steps of 10 m, or None where that is more than counts as near.

    Of two places within the radius none is missed: it is widened by what the grid may move both of them apart.
    """
    distance = haversine_m(_in_grid(here), _in_grid(there))
    if distance > rule.radius_m + SHOWN_STEP_M * math.sqrt(2):
        return None
    return round(distance / SHOWN_STEP_M) * SHOWN_STEP_M


def _in_grid(place: Point) -> Point:
    """Return the crossing of the grid that is nearest to a place; its lines lie a step apart."""
    north = SHOWN_STEP_M / METRES_PER_DEGREE
    lat = round(place.lat / north) * north
    east = north / math.cos(math.radians(lat))
    return Point(lat, round(place.lon / east) * east)
