"""Points on the ground: datums, distances, and the coarse cells in which what is near is looked for.

Chinese maps and phones state points in GCJ-02, which is up to some 700 m off WGS-84; so a point says its datum.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import h3

EARTH_RADIUS_M = 6_371_008.8
CELL_RESOLUTION = 9
CELL_SPAN_M = 200.0
"""How far a cell's corner is from its middle, about."""
CELL_REACH_M = 150
"""How far from a cell's edge its ring of neighbours reaches, at least."""

SOUTH, NORTH, WEST, EAST = 39.4, 41.1, 115.4, 117.6

_AXIS_M = 6_378_245.0
_FLATTENING = 0.006_693_421_622_965_943
_CLOSE_ENOUGH_DEG = 1e-9
_ROUNDS_MAX = 20


class Datum(StrEnum):
    """Against which ellipsoid, or with which shift, a point is stated."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"


@dataclass(frozen=True)
class Point:
    """A place in WGS-84 degrees."""

    lat: float
    lon: float


class ImplausiblePointError(ValueError):
    """The point is nowhere near Beijing: probably latitude and longitude are swapped, or it is no fix at all."""


def plausible_point(lat: float, lon: float, datum: Datum) -> Point:
    """Return a stated point in WGS-84; raises ImplausiblePointError outside 39.4..41.1 N, 115.4..117.6 E."""
    if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
        raise ImplausiblePointError
    return Point(lat, lon) if datum is Datum.WGS84 else _from_gcj02(lat, lon)


def to_gcj02(point: Point) -> tuple[float, float]:
    """Return latitude and longitude as Chinese maps draw the point; it must lie in China."""
    east, north = point.lon - 105.0, point.lat - 35.0
    radians = math.radians(point.lat)
    squeeze = 1 - _FLATTENING * math.sin(radians) ** 2
    meridian_m = _AXIS_M * (1 - _FLATTENING) / (squeeze * math.sqrt(squeeze))
    parallel_m = _AXIS_M / math.sqrt(squeeze) * math.cos(radians)
    lat = point.lat + math.degrees(_north_shift_m(east, north) / meridian_m)
    return lat, point.lon + math.degrees(_east_shift_m(east, north) / parallel_m)


def haversine_m(one: Point, other: Point) -> float:
    """Return the distance of two points in metres, over the ground."""
    north, east = math.radians(other.lat - one.lat), math.radians(other.lon - one.lon)
    cosines = math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat))
    chord = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def cell(point: Point) -> str:
    """Return the coarse cell (a hexagon some 200 m from middle to corner) in which the point lies."""
    return str(h3.latlng_to_cell(point.lat, point.lon, CELL_RESOLUTION))


def middle_of_cell(point: Point) -> Point:
    """Return the middle of the coarse cell in which the point lies."""
    lat, lon = h3.cell_to_latlng(cell(point))
    return Point(lat, lon)


def cells_around(point: Point, radius_m: float) -> set[str]:
    """Return cells that together hold every place within a distance of the point."""
    return {str(found) for found in h3.grid_disk(cell(point), math.ceil(radius_m / CELL_REACH_M))}


def _from_gcj02(lat: float, lon: float) -> Point:
    """Return the point that the shift takes there, found by taking back what it is off by until nothing is left."""
    guess = Point(lat, lon)
    for _ in range(_ROUNDS_MAX):
        shifted = to_gcj02(guess)
        off = lat - shifted[0], lon - shifted[1]
        guess = Point(guess.lat + off[0], guess.lon + off[1])
        if max(map(abs, off)) < _CLOSE_ENOUGH_DEG:
            break
    return guess


def _north_shift_m(east: float, north: float) -> float:
    trend = -100 + 2 * east + 3 * north + 0.2 * north**2 + 0.1 * east * north + 0.2 * math.sqrt(abs(east))
    return trend + _ripple(east, (20, 6), (20, 2)) + _ripple(north, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))


def _east_shift_m(east: float, north: float) -> float:
    trend = 300 + east + 2 * north + 0.1 * east**2 + 0.1 * east * north + 0.1 * math.sqrt(abs(east))
    return trend + _ripple(east, (20, 6), (20, 2), (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))


def _ripple(along: float, *waves: tuple[float, float]) -> float:
    """Return two thirds of the sum of sine waves, each given by its height and its half turns in a degree."""
    return sum(height * math.sin(turns * along * math.pi) for height, turns in waves) * 2 / 3
