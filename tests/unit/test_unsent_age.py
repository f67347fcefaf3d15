"""How long the oldest unsent event has waited is seen from look to look."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.unsent import UnsentAge
from tests.moments import NOON


def after(seconds: float) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=seconds)


def test_an_event_is_as_old_as_the_first_look_that_saw_it() -> None:
    age = UnsentAge()

    ages = [
        age.see(oldest, newest, NOON + after(seconds))
        for seconds, oldest, newest in [(0, 5, 5), (15, 5, 9), (30, 5, 9), (45, 6, 9), (60, 10, 12), (75, None, 12)]
    ]

    assert ages == [0, 15, 30, 30, 0, 0]


def test_an_event_that_comes_after_all_was_sent_begins_anew() -> None:
    age = UnsentAge()
    age.see(5, 5, NOON)
    age.see(None, 5, NOON + after(10))

    assert age.see(6, 6, NOON + after(20)) == 0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=200))
def test_no_event_is_told_older_than_it_was_seen_nor_younger_by_more_than_a_look(steps: list[tuple[int, int]]) -> None:
    age, newest, sent, seen_at = UnsentAge(), 0, 0, dict[int, int]()

    for moment, (come, taken) in enumerate(steps):
        seen_at |= dict.fromkeys(range(newest + 1, newest + come + 1), moment)
        newest, sent = newest + come, min(newest + come, sent + taken)
        oldest = sent + 1 if sent < newest else None
        told = age.see(oldest, newest, NOON + after(moment))

        assert told == (moment - seen_at[oldest] if oldest else 0)


def test_a_relay_that_stands_still_for_days_costs_bounded_memory_and_no_accuracy() -> None:
    age = UnsentAge()
    for look in range(3 * UnsentAge.LOOKS_MAX):
        told = age.see(1, 1 + look, NOON + after(15 * look))

    assert told == 15 * (3 * UnsentAge.LOOKS_MAX - 1)
    assert len(age._looks) <= UnsentAge.LOOKS_MAX
