"""The worker's book: what is the next run, when a hole is believed, and what belongs to an assignment that is over."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.kafka.book import Book

HERE, THERE = ("cheqi.governance", 0), ("cheqi.governance", 1)


@dataclass(frozen=True)
class Entry:
    """A record, as far as the book looks at it."""

    offset: int


def test_a_run_reaches_from_where_the_last_one_ended_to_behind_its_last_record() -> None:
    book = opened(at=5)

    run = book.take(HERE, entries(5, 6, 9))

    assert run is not None
    assert (run.first, run.end, run.anew) == (5, 10, False)


def test_nothing_is_taken_of_a_partition_that_is_not_assigned() -> None:
    book = opened(at=5)

    assert book.take(THERE, entries(0)) is None
    assert book.places([THERE]) == {}


def test_a_hole_is_believed_when_it_is_seen_twice() -> None:
    book = opened(at=5)

    first = book.take(HERE, entries(8))
    ask_again(book)
    second = book.take(HERE, entries(8))

    assert first is None
    assert second is not None
    assert (second.first, second.end) == (5, 9)


def test_places_without_a_record_are_passed_over_when_they_are_seen_twice() -> None:
    book = opened(at=5)

    first = book.pass_over(HERE, 8)
    ask_again(book)
    second = book.pass_over(HERE, 8)

    assert first is None
    assert second is not None
    assert (second.first, second.end, second.records) == (5, 8, ())


def test_a_fetch_that_began_before_its_records_were_asked_for_again_proves_no_hole() -> None:
    book = opened(at=5)

    book.begin_fetch()
    book.asked_again(book.places([HERE]))

    assert (book.take(HERE, entries(8)), book.pass_over(HERE, 8)) == (None, None)


def test_another_hole_is_not_believed_because_an_earlier_one_was() -> None:
    book = opened(at=5)
    ask_again(book)
    run = book.take(HERE, entries(8))
    assert run is not None
    book.handed_on(run)

    assert book.take(HERE, entries(12)) is None


def test_records_below_the_place_reached_are_a_run_of_a_log_that_begins_anew() -> None:
    run = opened(at=500).take(HERE, entries(0, 1))

    assert run is not None
    assert (run.first, run.end, run.anew) == (0, 2, True)


def test_a_run_that_did_not_reach_the_agent_is_asked_for_again() -> None:
    book = opened(at=5)
    book.take(HERE, entries(5, 6))

    assert book.take(HERE, entries(7)) is None
    assert book.places([HERE]) == {HERE: 5}


def test_what_was_applied_is_committed_once() -> None:
    book = opened(at=5)
    book.to_commit()
    run = book.take(HERE, entries(5))
    assert run is not None

    book.applied(run)

    assert (book.to_commit(), book.to_commit()) == ({HERE: 6}, {})


def test_the_broker_is_told_of_the_checkpoints_that_an_assignment_begins_at() -> None:
    assert opened(at=5).to_commit() == {HERE: 5}
    assert opened(at=0).to_commit() == {}


def test_a_run_of_an_assignment_that_is_over_changes_nothing() -> None:
    book = opened(at=5)
    run = book.take(HERE, entries(5))
    assert run is not None

    book.open({HERE: 5})
    book.to_commit()
    book.applied(run)
    book.handed_on(run)

    assert book.holds(run) is False
    assert book.go_back(run, 3) is False
    assert (book.to_commit(), book.positions()) == ({}, {HERE: 5})


@given(st.lists(st.integers(1, 4), min_size=1, max_size=30), st.data())
def test_whatever_fetches_are_dropped_every_record_is_handed_on_once_and_in_order(
    steps: list[int], data: st.DataObject
) -> None:
    offsets = [sum(steps[: place + 1]) for place in range(len(steps))]
    book, at, handed = opened(at=0), 0, []
    for _ in range(300):
        fetched = [one for one in offsets if one >= at][: data.draw(st.integers(1, 5))]
        if not fetched:
            break
        at = fetched[-1] + 1
        if data.draw(st.integers(0, 3)) == 0:
            book.doubt()
            continue
        run = book.take(HERE, entries(*fetched))
        if run is None:
            at = book.positions()[HERE]
            ask_again(book)
        else:
            book.handed_on(run)
            handed += fetched
    last = book.positions()[HERE]

    assert handed == [one for one in offsets if one < last]


def opened(*, at: int) -> Book:
    """Return a book of one partition that is read from an offset."""
    book = Book()
    book.open({HERE: at})
    return book


def ask_again(book: Book) -> None:
    """Ask for the partition's records again, and begin the fetch that brings them."""
    book.asked_again(book.places([HERE]))
    book.begin_fetch()


def entries(*offsets: int) -> list[Entry]:
    """Return records at these offsets."""
    return [Entry(offset) for offset in offsets]
