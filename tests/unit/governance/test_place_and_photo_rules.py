"""What counts as near, which photos are the same, which categories are open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.categories.rules import FIRST_CATEGORIES, Kind, is_open
from services.governance.hazards.rules import NEAR_RULES, nearness_m
from services.governance.people.rules import home_of
from services.governance.photos.rules import (
    FOUND_DISTANCE_MAX,
    PHOTO_RULES,
    Sighting,
    Trace,
    bands_near,
    bands_of,
    earlier_sighting,
)
from shared.geo import Point
from shared.photos.picture import FEATURES_MIN

NEAR, PHOTO = NEAR_RULES[0], PHOTO_RULES[0]
HERE = Point(39.99, 116.31)
DEGREE_M = 111_195
CLEAR = 0xFFFF_0000_FFFF_0000


@given(st.floats(0, 200))
def test_what_is_within_50_m_is_near_and_it_is_told_in_steps(distance: float) -> None:
    there = Point(HERE.lat + distance / DEGREE_M, HERE.lon)

    near = nearness_m(NEAR, HERE, there)

    if near is None:
        assert distance > 50
    else:
        assert distance < 80
        assert near % 10 == 0
        assert abs(near - distance) <= 20


@given(north_m=st.floats(-100, 100), east_m=st.floats(-100, 100))
def test_where_in_its_square_a_stranger_s_report_lies_cannot_be_found_out(north_m: float, east_m: float) -> None:
    crossing = round(HERE.lat * DEGREE_M / 10) * 10 / DEGREE_M
    mine = Point(HERE.lat + north_m / DEGREE_M, HERE.lon + east_m / DEGREE_M)
    one, other = (Point(crossing + off_m / DEGREE_M, HERE.lon) for off_m in (-4.5, 4.5))

    assert nearness_m(NEAR, mine, one) == nearness_m(NEAR, mine, other)


def seen(rider_id: str, hazard_id: str, trace: Trace) -> Sighting:
    """Return an earlier photo."""
    return Sighting(trace, rider_id, hazard_id)


def test_the_same_bytes_are_the_same_photo_even_when_nothing_can_be_seen_on_it() -> None:
    black = Trace("digest", 0)

    assert earlier_sighting(black, "r1", [seen("r2", "h1", black)], PHOTO) is not None
    assert earlier_sighting(black, "r1", [seen("r2", "h1", Trace("other", 0))], PHOTO) is None


@pytest.mark.parametrize(("bits", "known"), [(0, True), (8, True), (9, False)])
def test_a_photo_is_the_same_up_to_8_of_64_bits(bits: int, known: bool) -> None:  # noqa: FBT001 - a case of the table
    again = Trace("other", CLEAR ^ ((1 << bits) - 1))

    found = earlier_sighting(again, "r1", [seen("r2", "h1", Trace("digest", CLEAR))], PHOTO)

    assert (found is not None) == known


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=FOUND_DISTANCE_MAX))
def test_photos_that_are_alike_have_a_band_near_one_another(phash: int, bits: set[int]) -> None:
    other = phash ^ sum(1 << bit for bit in bits)

    found = bool(set(bands_near(phash)) & set(bands_of(other)))

    assert found == (min(phash.bit_count(), other.bit_count()) >= FEATURES_MIN)


def test_no_rule_calls_two_photos_the_same_that_their_bands_would_not_find() -> None:
    assert all(rule.distance_max <= FOUND_DISTANCE_MAX for rule in PHOTO_RULES)


def test_the_rider_s_own_report_goes_before_an_older_one_of_somebody_else() -> None:
    trace = Trace("digest", CLEAR)
    earlier = [seen("r2", "h1", trace), seen("r1", "h2", trace), seen("r1", "h3", trace)]

    own = earlier_sighting(trace, "r1", earlier, PHOTO)
    other = earlier_sighting(trace, "r3", earlier, PHOTO)

    assert own is not None
    assert other is not None
    assert (own.hazard_id, other.hazard_id) == ("h2", "h1")


def test_the_first_categories_form_a_tree_that_is_open() -> None:
    catalogue = {kind.code: kind for kind in FIRST_CATEGORIES}

    assert len(catalogue) == len(FIRST_CATEGORIES)
    assert all(is_open(catalogue, code) for code in catalogue)
    assert {"e-bike-charging", "road-damage", "manhole", "lighting", "blocked-passage", "waste", "other"} < set(
        catalogue
    )


def test_a_closed_category_closes_those_under_it_at_any_depth() -> None:
    kinds = (Kind("a", None, "甲", "A", active=False), Kind("b", "a", "乙", "B"), Kind("c", "b", "丙", "C"))
    catalogue = {kind.code: kind for kind in kinds}

    assert not any(is_open(catalogue, code) for code in ("a", "b", "c", "unknown"))


def test_where_a_rider_belongs_is_the_token_s_word_first() -> None:
    assert home_of("110108011", "110108001") == "110108011"
    assert home_of(None, "110108001") == "110108001"
    assert home_of(None, None) is None
