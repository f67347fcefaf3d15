"""Points, datums, distances and cells."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.geo import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    Datum,
    ImplausiblePointError,
    Point,
    cell,
    cells_around,
    haversine_m,
    plausible_point,
    to_gcj02,
)

DEGREE_M = 111_195
points = st.builds(Point, st.floats(SOUTH, NORTH), st.floats(WEST, EAST))


def moved(point: Point, distance_m: float, bearing: float) -> Point:
    """Return the point that lies in a direction (radians from north)."""
    north, east = distance_m * math.cos(bearing), distance_m * math.sin(bearing)
    return Point(point.lat + north / DEGREE_M, point.lon + east / DEGREE_M / math.cos(math.radians(point.lat)))


def test_a_gcj02_point_in_haidian_is_some_540_m_off_when_its_datum_is_ignored() -> None:
    here = Point(39.99, 116.31)

    lat, lon = to_gcj02(here)

    assert (lat, lon) == pytest.approx((39.991281, 116.316104), abs=1e-6)
    assert haversine_m(here, Point(lat, lon)) == pytest.approx(539, abs=1)


@given(points.filter(lambda point: SOUTH + 0.01 < point.lat < NORTH - 0.01 and WEST < point.lon < EAST - 0.01))
def test_a_point_in_gcj02_leads_back_to_where_it_is_within_a_centimetre(point: Point) -> None:
    lat, lon = to_gcj02(point)

    back = plausible_point(lat, lon, Datum.GCJ02)

    assert haversine_m(point, back) < 0.01


def test_a_point_in_wgs84_is_taken_as_it_is() -> None:
    assert plausible_point(39.99, 116.31, Datum.WGS84) == Point(39.99, 116.31)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(116.31, 39.99), (0.0, 0.0), (31.2, 121.5), (-39.99, 116.31), (SOUTH - 0.001, 116.3), (40.0, EAST + 0.001)],
)
@pytest.mark.parametrize("datum", list(Datum))
def test_a_point_far_from_beijing_is_refused(lat: float, lon: float, datum: Datum) -> None:
    with pytest.raises(ImplausiblePointError):
        plausible_point(lat, lon, datum)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_point(value: float) -> None:
    with pytest.raises(ImplausiblePointError):
        plausible_point(value, 116.31, Datum.WGS84)


@given(points, st.floats(0, 5000), st.floats(0, 2 * math.pi))
def test_a_distance_is_the_same_both_ways_and_what_was_walked(start: Point, walked_m: float, bearing: float) -> None:
    end = moved(start, walked_m, bearing)

    there, back = haversine_m(start, end), haversine_m(end, start)

    assert there == pytest.approx(back)
    assert there == pytest.approx(walked_m, rel=0.005, abs=0.01)


@given(points, st.sampled_from((10.0, 50.0, 150.0, 400.0)), st.floats(0, 1), st.floats(0, 2 * math.pi))
def test_the_cells_around_a_point_hold_every_place_within_the_distance(
    point: Point, radius_m: float, share: float, bearing: float
) -> None:
    near = moved(point, radius_m * share, bearing)

    assert cell(near) in cells_around(point, radius_m)


def test_what_is_near_is_looked_for_in_few_cells() -> None:
    assert len(cells_around(Point(39.99, 116.31), 50)) == 7
