"""Which lots points are taken of, and what comes back to them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.rewards.ledger import rules
from services.rewards.ledger.rules import LotState, Use
from tests.moments import NOON

DAYS = st.integers(-30, 30)
LOTS = st.lists(st.tuples(st.integers(1, 60), DAYS), max_size=12).map(
    lambda drawn: [
        LotState(f"lot-{number:02}", left, NOON + timedelta(days=days)) for number, (left, days) in enumerate(drawn)
    ]
)


@given(lots=LOTS, points=st.integers(1, 400))
def test_what_is_spent_is_taken_of_valid_lots_exactly_or_not_at_all(lots: list[LotState], points: int) -> None:
    uses = rules.allocation(lots, points, NOON)

    by_id = {lot.lot_id: lot for lot in lots}
    if uses is None:
        assert rules.spendable(lots, NOON) < points
        return
    assert sum(use.points for use in uses) == points
    assert all(0 < use.points <= by_id[use.lot_id].left for use in uses)
    assert all(by_id[use.lot_id].expires_at > NOON for use in uses)
    assert len({use.lot_id for use in uses}) == len(uses)


@given(lots=LOTS, points=st.integers(1, 400))
def test_no_lot_is_touched_while_an_older_one_has_points_left(lots: list[LotState], points: int) -> None:
    uses = rules.allocation(lots, points, NOON) or ()

    taken = {use.lot_id: use.points for use in uses}
    touched = [lot for lot in lots if lot.lot_id in taken]
    for lot in lots:
        has_points_left = lot.expires_at > NOON and taken.get(lot.lot_id, 0) < lot.left
        if uses and has_points_left:
            assert all(other.expires_at <= lot.expires_at for other in touched)


def test_a_lot_expires_with_the_moment_and_not_after_it() -> None:
    lots = [LotState("lot-1", 10, NOON)]

    assert rules.spendable(lots, NOON) == 0
    assert rules.spendable(lots, NOON - timedelta(microseconds=1)) == 10


@given(taken=st.lists(st.tuples(st.integers(1, 60), DAYS), max_size=8))
def test_what_comes_back_and_what_is_too_late_are_all_that_was_taken(taken: list[tuple[int, int]]) -> None:
    uses = [Use(f"lot-{number}", points) for number, (points, _) in enumerate(taken)]
    expiries = {f"lot-{number}": NOON + timedelta(days=days) for number, (_, days) in enumerate(taken)}

    back = rules.returned(uses, expiries, NOON)

    assert back.points + back.lost == sum(points for points, _ in taken)
    assert all(expiries[use.lot_id] > NOON for use in back.to_lots)
    assert all(expiries[use.lot_id] <= NOON for use in back.too_late)
