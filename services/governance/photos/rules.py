"""What decides about photos: how many may wait for a report and how long, and which ones are the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.photos.picture import FEATURES_MIN, are_alike
from shared.validity import valid_at

BANDS, BAND_BITS, HASH_BITS = 5, 13, 64
FOUND_DISTANCE_MAX = 2 * BANDS - 1
"""Hashes that differ in so few bits differ in one bit at the most in one of their bands."""


@dataclass(frozen=True)
class PhotoRule:
    """From a day on: how many photos wait or are looked at in a day, and when two count as the same.

    `distance_max` is of the 64 bits of the perceptual hash; photos older than `remembered` are not compared.
    """

    valid_from: date
    waiting_max: int
    looks_max: int
    unused_kept: timedelta
    distance_max: int
    remembered: timedelta


PHOTO_RULES = (
    PhotoRule(
        date(2024, 1, 1),
        waiting_max=10,
        looks_max=100,
        unused_kept=timedelta(hours=24),
        distance_max=8,
        remembered=timedelta(days=365),
    ),
)


@dataclass(frozen=True)
class Trace:
    """What a photo is recognised by: the digest of the bytes that were sent, and the perceptual hash."""

    digest: str
    phash: int


@dataclass(frozen=True)
class Sighting:
    """An earlier photo: whose it was, and which report carries it."""

    trace: Trace
    rider_id: str
    hazard_id: str


def bands_of(phash: int) -> list[int]:
    """Return the bands of a perceptual hash, each with its own number before its bits.

    A band takes every fifth bit, so that broad and fine waves are in each. A picture in which next to nothing stands
    out has no bands: it is like no other.
    """
    if phash.bit_count() < FEATURES_MIN:
        return []
    return [_band(phash, number) for number in range(BANDS)]


def bands_near(phash: int) -> list[int]:
    """Return bands of which every photo has one that is at most `FOUND_DISTANCE_MAX` bits away; others may too."""
    flips = (0, *(1 << bit for bit in range(BAND_BITS)))
    return [band ^ flip for band in bands_of(phash) for flip in flips]


def photo_rule(moment: datetime) -> PhotoRule:
    """Return the rule of the moment."""
    return valid_at(PHOTO_RULES, moment)


def earlier_sighting(photo: Trace, rider_id: str, earlier: Iterable[Sighting], rule: PhotoRule) -> Sighting | None:
    """Return where the same photo was seen before: the rider's own reports first, then the oldest given."""
    same = [seen for seen in earlier if is_same(photo, seen.trace, rule)]
    own = [seen for seen in same if seen.rider_id == rider_id]
    return next(iter([*own, *same]), None)


def is_same(one: Trace, other: Trace, rule: PhotoRule) -> bool:
    """Tell whether two photos count as the same: the very bytes, or perceptually near."""
    return one.digest == other.digest or are_alike(one.phash, other.phash, rule.distance_max)


def _band(phash: int, number: int) -> int:
    bits = sum((phash >> place & 1) << nth for nth, place in enumerate(range(number, HASH_BITS, BANDS)))
    return number << BAND_BITS | bits
