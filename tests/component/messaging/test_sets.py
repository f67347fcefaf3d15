"""A handler that takes sets leaves what it would have left event by event, whatever fails and however a run is cut."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from shared.events.envelope import Event
from shared.events.governance import HazardRejectedV1, HazardVerifiedV1
from shared.messaging import Handling, each, in_turn, new_id, now, together
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import Run
from shared.messaging.cause import get_cause
from shared.messaging.consumer import Consumer
from shared.messaging.marks import next_offset, next_offsets
from shared.messaging.operate import Operator
from shared.messaging.parking import list_parked
from shared.messaging.tables import parked, waiting
from tests.component.messaging.conftest import BadSeverityError, Kit, effect, make_kit
from tests.moments import NOON

HAZARDS = [f"h{number:02}" for number in range(64)]


class Sets:
    """A handler of sets: it writes all of its rows at once, and raises for a bad one only after that."""

    def __init__(self, kit: Kit) -> None:
        self.kit, self.seen = kit, list[list[str]]()
        self.handle(HazardVerifiedV1, together(self.note_all, key=lambda event: event.rider_id))

    def handle(self, event: type[Event], handling: Handling) -> None:
        """Let the subscriber handle a class, from now on."""
        service = self.kit.service
        service.handlers = {**service.handlers, event: handling}
        self.kit.consumer = Consumer(service, self.kit.store, self.kit.keys, self.kit.clock)
        self.kit.operator = Operator(service, self.kit.store, self.kit.keys, self.kit.clock)

    def note_all(self, session: Session, events: Sequence[HazardVerifiedV1]) -> None:
        """Write one row per event."""
        self.seen.append([event.hazard_id for event in events])
        session.execute(insert(effect), [{"hazard_id": one.hazard_id, "word": one.severity} for one in events])
        if any(event.severity == "bad" for event in events):
            raise BadSeverityError

    def note_one(self, session: Session, event: HazardVerifiedV1) -> None:
        """Write one row."""
        self.note_all(session, [event])


@pytest.fixture
def sets(kit: Kit) -> Sets:
    """Return a handler of sets."""
    return Sets(kit)


def test_events_that_stand_together_form_a_set(kit: Kit, sets: Sets) -> None:
    sets.handle(HazardRejectedV1, each(ignore))

    kit.apply(kit.verified("h1"), kit.verified("h2"), kit.rejected("h3"), kit.verified("h4"), kit.verified("h1"))

    assert sets.seen == [["h1", "h2"], ["h4", "h1"]]


def test_one_handling_takes_events_of_several_classes_in_their_order(kit: Kit, sets: Sets) -> None:
    seen = []

    def note_hazards(_session: Session, events: Sequence[HazardVerifiedV1 | HazardRejectedV1]) -> None:
        seen.append([event.hazard_id for event in events])

    both = together(note_hazards)
    sets.handle(HazardVerifiedV1, both)
    sets.handle(HazardRejectedV1, both)
    kit.apply(kit.verified("h1"), kit.rejected("h2"), kit.verified("h3"))

    assert seen == [["h1", "h2", "h3"]]


def test_each_event_of_a_set_is_the_cause_of_what_it_leads_to(kit: Kit, sets: Sets) -> None:
    found = []

    def note_causes(session: Session, events: Sequence[HazardVerifiedV1]) -> None:
        for event in in_turn(session, events):
            found.append((event.hazard_id, get_cause(session).causation_id, now(session), new_id(session, "row")))

    sets.handle(HazardVerifiedV1, together(note_causes))
    documents = [kit.publisher.document(verified(hazard), NOON) for hazard in ("h1", "h2")]
    kit.apply(*documents)

    hazards, causes, moments, ids = zip(*found, strict=True)
    assert hazards == ("h1", "h2")
    assert all(cause in document for cause, document in zip(causes, documents, strict=True))
    assert set(moments) == {NOON}
    assert len({*causes, *ids}) == 4


def test_a_handler_that_goes_through_part_of_its_set_is_found_out(kit: Kit, sets: Sets) -> None:
    def skip_one(session: Session, events: Sequence[HazardVerifiedV1]) -> None:
        list(in_turn(session, events[1:]))

    sets.handle(HazardVerifiedV1, together(skip_one))
    kit.apply(kit.verified("h1"), kit.verified("h2"))

    assert kit.count(parked) == 2


def test_the_bad_event_of_a_set_is_parked_alone_and_found_by_halving(kit: Kit, sets: Sets) -> None:
    kit.apply(*(kit.verified(hazard, "bad" if hazard == "h37" else "low") for hazard in HAZARDS))

    assert [hazard for hazard, _ in kit.effects()] == [hazard for hazard in HAZARDS if hazard != "h37"]
    assert [row.subject for row in parked_rows(kit)] == ["h37"]
    assert len(sets.seen) <= 2 * 7 + 1


@pytest.mark.usefixtures("sets")
def test_what_waited_behind_a_hole_is_taken_apart_too(kit: Kit) -> None:
    first, *waits = (kit.verified("h1", word) for word in ("low", "medium", "bad", "high"))

    kit.apply(*waits)
    kit.apply(first)

    assert kit.effects() == [("h1", "low"), ("h1", "medium")]
    assert (kit.count(parked), kit.count(waiting)) == (1, 1)


@pytest.mark.usefixtures("sets")
def test_of_runs_applied_together_a_bad_event_is_found_and_every_checkpoint_moves(kit: Kit) -> None:
    bad = Run("governance", (kit.verified("h1"), kit.verified("h2", "bad")), partition=0, first=0, end=2)
    good = Run("governance", (kit.verified("h3"), kit.verified("h4")), partition=1, first=0, end=2)

    missing = kit.consumer.apply_all([bad, good])

    assert missing == {}
    assert sorted(kit.effects()) == [("h1", "low"), ("h3", "low"), ("h4", "low")]
    with kit.store.read() as session:
        assert next_offsets(session, "governance", [0, 1]) == {0: 2, 1: 2}


@pytest.mark.usefixtures("sets")
def test_a_run_that_was_halved_moves_its_checkpoint_when_all_of_it_is_applied(kit: Kit) -> None:
    documents = tuple(kit.verified(hazard, "bad" if hazard == "h1" else "low") for hazard in ("h1", "h2", "h3"))

    kit.consumer.apply(Run("governance", documents, partition=0, first=0, end=30))

    assert checkpoint_of(kit) == 30
    assert [hazard for hazard, _ in kit.effects()] == ["h2", "h3"]


@pytest.mark.usefixtures("sets")
def test_a_process_that_ends_between_two_halves_applies_the_rest_and_nothing_twice(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = tuple(kit.verified(hazard, "bad" if hazard == "h1" else "low") for hazard in ("h1", "h2", "h3", "h4"))
    run = Run("governance", documents, partition=0, first=0, end=4)
    commit = kit.store.commit

    def commit_once_and_die(session: Session) -> None:
        commit(session)
        monkeypatch.setattr(kit.store, "commit", die)

    monkeypatch.setattr(kit.store, "commit", commit_once_and_die)
    with pytest.raises(KeyboardInterrupt):
        kit.consumer.apply(run)
    monkeypatch.undo()
    assert checkpoint_of(kit) == 0
    kit.consumer.apply(run)

    assert checkpoint_of(kit) == 4
    assert [hazard for hazard, _ in kit.effects()] == ["h2", "h3", "h4"]


def test_a_backfill_parks_the_event_of_a_set_that_failed_and_applies_the_rest(kit: Kit, sets: Sets) -> None:
    documents = [kit.rejected("h1"), kit.rejected("h2"), kit.rejected("h3")]
    kit.apply(*documents)

    def refuse_second(session: Session, events: Sequence[HazardRejectedV1]) -> None:
        if any(event.hazard_id == "h2" for event in in_turn(session, events)):
            raise BadSeverityError

    sets.handle(HazardRejectedV1, together(refuse_second))
    arrivals = [one for one in (read("governance", document) for document in documents) if isinstance(one, Arrival)]

    applied = kit.consumer.apply_passed("governance", arrivals, 3)

    assert applied == 2
    with kit.store.read() as session:
        assert [(row.subject, row.error) for row in list_parked(session)] == [("h2", "BadSeverityError")]


def test_all_that_a_run_changes_is_locked_once_and_sorted_before_any_handler(kit: Kit, sets: Sets) -> None:
    locked: list[list[str]] = []

    def lock(_session: Session, names: Sequence[str]) -> None:
        assert sets.seen == []
        locked.append(list(names))

    kit.service.lock = lock
    of_severity = together(sets.note_all, key=lambda event: event.severity, others=lambda _session, _events: ["k", "a"])
    sets.handle(HazardVerifiedV1, of_severity)
    sets.handle(HazardRejectedV1, each(ignore, key=rider_of))

    kit.apply(kit.verified("h1", "z"), kit.rejected("h2"), kit.verified("h3", "b"), kit.verified("h4", "z"))

    assert locked == [["a", "b", "k", "rider", "z"]]


@given(
    run=st.lists(st.tuples(st.sampled_from(HAZARDS[:6]), st.sampled_from(["low", "low", "bad"])), max_size=24),
    cut=st.integers(1, 24),
)
@settings(max_examples=25, deadline=None)
def test_sets_end_as_single_events_do(run: list[tuple[str, str]], cut: int) -> None:
    assert end_of(run, in_sets=True, cut=cut) == end_of(run, in_sets=False, cut=1)


def end_of(run: list[tuple[str, str]], *, in_sets: bool, cut: int) -> object:
    """Return what took effect of each hazard, what is parked and what waits."""
    kit = make_kit()
    sets = Sets(kit)
    if not in_sets:
        sets.handle(HazardVerifiedV1, each(sets.note_one))
    documents = [kit.verified(hazard, word) for hazard, word in run]
    for start in range(0, len(documents), cut):
        kit.apply(*documents[start : start + cut])
    rows = sorted((row.subject, row.sequence, row.error, row.attempts) for row in parked_rows(kit))
    by_hazard = {hazard: [word for one, word in kit.effects() if one == hazard] for hazard in HAZARDS[:6]}
    waits = kit.count(waiting)
    kit.store.close()
    return by_hazard, rows, waits


def verified(hazard: str) -> HazardVerifiedV1:
    """Return the event that a hazard was verified."""
    return HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", severity="low")


def ignore(_session: Session, _event: HazardRejectedV1) -> None:
    """Do nothing."""


def rider_of(event: HazardRejectedV1) -> str:
    """Return whose account an event changes."""
    return event.rider_id


def parked_rows(kit: Kit) -> Sequence[Row[Any]]:
    """Return what is parked."""
    with kit.store.read() as session:
        return list_parked(session)


def checkpoint_of(kit: Kit) -> int:
    """Return where reading goes on."""
    with kit.store.read() as session:
        return next_offset(session, "governance", 0)


def die(_session: Session) -> None:
    """End as a process does that is killed."""
    raise KeyboardInterrupt
