"""Every kind of movement is balanced, and booked under a key of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rewards.ledger import chart
from services.rewards.ledger.chart import Matter, Movement, UnbalancedError
from services.rewards.ledger.rules import Returned, Use, split_of

MATTER = Matter("hazard", "hazard-1", "110108005")
POINTS = st.integers(0, 10_000)


@given(first=POINTS, second=POINTS)
def test_every_movement_sums_to_zero(first: int, second: int) -> None:
    back = Returned((Use("lot-1", first),), (Use("lot-2", second),))

    movements = [
        chart.promise("rider-1", MATTER, first),
        chart.award("rider-1", MATTER, split_of(first, second)),
        chart.release("rider-1", MATTER, first),
        chart.reservation("rider-1", MATTER, first),
        chart.end_of_reservation("rider-1", MATTER, first),
        chart.spending("rider-1", MATTER, first),
        chart.giving_back("rider-1", MATTER, back, "entry-1"),
        chart.correction("rider-1", MATTER, first),
        chart.expiry("rider-1", MATTER, first, 1),
        chart.forfeiture("rider-1", MATTER, first),
    ]

    assert [sum(movement.postings.values()) for movement in movements] == [0] * len(movements)
    assert all(0 not in movement.postings.values() for movement in movements)


def test_a_movement_that_does_not_sum_to_zero_cannot_be_made() -> None:
    with pytest.raises(UnbalancedError):
        Movement(kind="award", rider_id="rider-1", matter=MATTER, postings={"rider/rider-1/available": 10})


def test_only_awards_and_their_corrections_change_what_was_ever_earned() -> None:
    entry = Matter("entry", "entry-1", "110108005")

    assert chart.award("rider-1", MATTER, split_of(20, 10)).earned == 20
    assert chart.correction("rider-1", entry, 20).earned == -20
    assert chart.reservation("rider-1", MATTER, 20).earned == 0
    assert chart.expiry("rider-1", MATTER, 20, 1).earned == 0


def test_the_same_lot_may_expire_again_under_another_key() -> None:
    lot = Matter("lot", "lot-1", "110108005")

    assert chart.expiry("rider-1", lot, 5, 1).key != chart.expiry("rider-1", lot, 5, 2).key
