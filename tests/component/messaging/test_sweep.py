"""The sweep heals what the bus lost, and leaves alone what is only on its way."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from shared.clock import SettableClock
from shared.messaging.arrivals import Arrival, read
from shared.messaging.marks import Mark, write_marks
from shared.messaging.source import SUBJECTS_MAX, Head
from shared.messaging.sweep import ON_ITS_WAY, Sweep
from tests.component.messaging.conftest import Kit
from tests.moments import NOON


class ListSource:
    """A publisher's log as a list of wire documents, told page by page; it notes which subjects were asked for."""

    def __init__(self) -> None:
        self.documents: list[str] = []
        self.asked: list[list[str]] = []
        self.away, self.page = 0, 500

    def heads(self, after: int, limit: int = 500) -> list[Head]:
        """Return the last event of each subject that changed."""
        last: dict[str, Head] = {}
        for one in self._arrivals():
            subject = one.envelope.subject
            last[subject] = Head(subject, one.sequence, one.seal, one.position)
        return [head for head in last.values() if head.position > after][:limit]

    def after(self, position: int, limit: int = 500) -> list[str]:
        """Return what stands above a position."""
        return [one.document for one in self._arrivals() if one.position > position][:limit]

    def of_subjects(self, after: Mapping[str, int], limit: int = 500) -> list[str]:
        """Return what stands above sequences."""
        self.asked.append(sorted(after))
        if self.away:
            self.away -= 1
            message = "the publisher cannot be reached"
            raise ConnectionError(message)
        mine = [one for one in self._arrivals() if one.sequence > after.get(one.envelope.subject, one.sequence)]
        return [one.document for one in mine][: min(limit, self.page)]

    def _arrivals(self) -> Sequence[Arrival]:
        return [one for one in (read("governance", text) for text in self.documents) if isinstance(one, Arrival)]


def test_the_first_round_fetches_whatever_is_missing(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified("h1"), kit.verified("h1"), kit.verified("h2")]

    fetched = sweep_of(kit, source).round()

    assert fetched == 3
    assert kit.effects() == [("h1", "low"), ("h1", "low"), ("h2", "low")]


def test_the_first_round_leaves_alone_what_may_be_on_its_way(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified("h1")]
    sweep = Sweep(kit.store, kit.consumer, {"governance": source}, SettableClock(NOON + timedelta(seconds=59)))

    first, second = sweep.round(), sweep.round()

    assert (first, second) == (0, 1)
    assert kit.effects() == [("h1", "low")]


def test_a_lost_tail_is_fetched_a_round_after_it_was_seen(kit: Kit) -> None:
    source = ListSource()
    sweep = sweep_of(kit, source)
    sweep.round()
    source.documents.append(kit.verified("h1"))

    first, second = sweep.round(), sweep.round()

    assert (first, second) == (0, 1)
    assert kit.effects() == [("h1", "low")]


def test_what_arrived_meanwhile_is_not_fetched(kit: Kit) -> None:
    source = ListSource()
    sweep = sweep_of(kit, source)
    sweep.round()
    source.documents.append(kit.verified("h1"))
    sweep.round()
    kit.apply(*source.documents)

    assert sweep.round() == 0
    assert kit.effects() == [("h1", "low")]


def test_only_the_hole_is_fetched_when_later_events_wait(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified("h1", "low"), kit.verified("h1", "medium"), kit.verified("h1", "high")]
    kit.apply(source.documents[1], source.documents[2])

    fetched = sweep_of(kit, source).round()

    assert fetched == 1
    assert [word for _, word in kit.effects()] == ["low", "medium", "high"]


def test_a_round_that_is_to_end_leaves_the_rest_to_the_next_start(kit: Kit) -> None:
    class Interrupted(ListSource):
        def of_subjects(self, after: Mapping[str, int], limit: int = 500) -> list[str]:
            sweep.stop()
            return super().of_subjects(after, limit)

    source = Interrupted()
    source.documents = [kit.verified(f"h{number}") for number in range(SUBJECTS_MAX + 1)]
    sweep = sweep_of(kit, source)

    assert sweep.round() == SUBJECTS_MAX
    other = ListSource()
    other.documents = source.documents
    assert sweep_of(kit, other).round() == 1
    assert [subject for subject, _ in kit.effects()] == [f"h{number}" for number in range(SUBJECTS_MAX + 1)]


def test_what_answers_hold_in_part_is_asked_for_again_above_what_came(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified(subject, word) for subject in ("h1", "h2") for word in ("low", "medium", "high")]
    source.page = 2

    assert sweep_of(kit, source).round() == 6
    assert kit.effects() == [(subject, word) for subject in ("h1", "h2") for word in ("low", "medium", "high")]
    assert source.asked == [["h1", "h2"], ["h1", "h2"], ["h2"]]


def test_a_publisher_that_is_away_keeps_nobody_from_the_others(kit: Kit) -> None:
    away, here = ListSource(), ListSource()
    away.away = 9
    away.documents = here.documents = [kit.verified("h1")]
    sources = {"before": away, "governance": here}
    sweep = Sweep(kit.store, kit.consumer, sources, SettableClock(NOON + ON_ITS_WAY))

    with pytest.raises(ConnectionError):
        sweep.round()

    assert kit.effects() == [("h1", "low")]


def test_what_waits_behind_an_event_that_was_stepped_over_is_gone_on_with(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified("h1", word) for word in ("low", "medium", "high")]
    kit.apply(*source.documents[1:])
    with kit.store.write() as session:
        first = read("governance", source.documents[0])
        assert isinstance(first, Arrival)
        write_marks(session, "governance", {"h1": Mark(first.sequence, first.seal)})

    sweep_of(kit, source).round()

    assert kit.effects() == [("h1", "medium"), ("h1", "high")]


def test_a_new_start_asks_from_where_everything_was_reached(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.verified("h1")]
    sweep_of(kit, source).round()
    source.asked.clear()

    fetched = sweep_of(kit, source).round()

    assert (fetched, source.asked) == (0, [])


def test_what_is_missing_of_many_subjects_is_applied_at_once_and_counted_subject_by_subject(kit: Kit) -> None:
    source, commits = ListSource(), list[None]()
    source.documents = [kit.verified(f"h{number}") for number in range(40)]
    sweep = sweep_of(kit, source)
    kit.store.on_commit = lambda: commits.append(None)

    fetched = sweep.round()

    assert fetched == len(kit.effects()) == 40
    assert sweep.progress > 40
    assert len(commits) == len(["what was fetched", "up to where it was swept"])


@pytest.mark.parametrize("swept_before", [False, True])
@pytest.mark.parametrize("started_anew", [False, True])
def test_what_a_round_failed_to_fetch_is_fetched_by_a_later_one(
    kit: Kit, *, swept_before: bool, started_anew: bool
) -> None:
    source = ListSource()
    sweep = sweep_of(kit, source)
    if swept_before:
        sweep.round()
    source.documents = [kit.verified("h1")]
    if swept_before:
        sweep.round()
    source.documents.append(kit.verified("h2"))
    source.away = 1

    with pytest.raises(ConnectionError):
        sweep.round()

    later = sweep_of(kit, source) if started_anew else sweep
    later.round()
    later.round()
    assert sorted(kit.effects()) == [("h1", "low"), ("h2", "low")]


def sweep_of(kit: Kit, source: ListSource) -> Sweep:
    """Return a sweep that starts when what happened at noon is old enough to be missed."""
    return Sweep(kit.store, kit.consumer, {"governance": source}, SettableClock(NOON + ON_ITS_WAY))
