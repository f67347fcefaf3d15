"""A service that learns to handle a type does not start before the past of it is applied or waived."""

import pytest
from sqlalchemy.orm import Session

from shared.events.governance import HazardRejectedV1
from shared.messaging import each
from shared.messaging.bus import Run
from shared.messaging.consumer import Consumer, ConsumerStoppedError
from shared.messaging.operate import Operator
from shared.messaging.passing import BackfillNeededError, OtherVersionError
from shared.messaging.tables import mark
from tests.component.messaging.conftest import Kit, effect
from tests.component.messaging.test_sweep import ListSource


def test_a_type_that_was_passed_over_must_be_backfilled_before_a_start(kit: Kit) -> None:
    operator = learned(kit, [kit.rejected("h1")])

    with pytest.raises(BackfillNeededError, match="cheqi backfill tester"):
        operator.take_up_types()


def test_a_type_that_nobody_handles_holds_up_no_start(kit: Kit) -> None:
    kit.apply(kit.rejected("h1"))

    kit.operator.take_up_types()

    assert kit.operator.missed_types() == {}


def test_backfill_applies_the_past_once_and_lets_the_service_start(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.verified("h1"), kit.rejected("h2")]
    operator = learned(kit, source.documents)

    applied, again = operator.backfill({"governance": source}), operator.backfill({"governance": source})

    assert (applied, again) == (2, 0)
    assert kit.effects()[1:] == [("h1", "rejected"), ("h2", "rejected")]
    operator.take_up_types()


def test_backfill_leaves_what_the_marks_have_not_reached_to_the_bus(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.rejected("h2")]
    operator = learned(kit, source.documents[:1])

    applied = operator.backfill({"governance": source})

    assert applied == 1


def test_backfill_misses_no_event_that_a_later_partition_of_a_fetch_has_brought(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.rejected("h2"), kit.rejected("h3")]
    first, second, third = source.documents
    kit.consumer.apply_all([Run("governance", (third,), 0, 0, 1), Run("governance", (second, first), 1, 0, 2)])
    operator = learned(kit, [])

    applied = operator.backfill({"governance": source})

    assert applied == 3


def test_backfill_misses_no_event_that_a_later_run_has_brought(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.rejected("h2"), kit.rejected("h3")]
    kit.apply(*source.documents[2:])
    kit.apply(*source.documents[1:2])
    operator = learned(kit, source.documents[:1])

    applied = operator.backfill({"governance": source})

    assert applied == 3


def test_waiving_handles_the_type_from_now_on_only(kit: Kit) -> None:
    operator = learned(kit, [kit.rejected("h1")])

    operator.waive()

    operator.take_up_types()
    assert kit.effects() == []


def test_a_version_that_does_not_know_a_type_stops_once_another_handles_it(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.rejected("h2")]
    older, operator = kit.consumer, learned(kit, [])
    operator.take_up_types()

    with pytest.raises(OtherVersionError, match="hazard-rejected"):
        older.apply(kit.publisher.run(source.documents[0]))
    newer(kit).apply(kit.publisher.run(*source.documents))

    assert operator.missed_types() == {}
    assert kit.effects() == [("h1", "rejected"), ("h2", "rejected")]


def test_a_version_that_only_redrives_takes_up_its_types_too(kit: Kit) -> None:
    older, event = kit.consumer, kit.rejected("h1")
    learned(kit, [])
    newer(kit).apply(kit.publisher.run(kit.verified("h2")))

    with pytest.raises(OtherVersionError):
        older.apply(kit.publisher.run(event))


def test_nothing_is_applied_before_the_past_is(kit: Kit) -> None:
    learned(kit, [kit.rejected("h1")])

    with pytest.raises(BackfillNeededError):
        newer(kit).apply(kit.publisher.run(kit.rejected("h2")))

    assert kit.effects() == []


def test_a_version_refused_its_start_does_not_stop_the_one_at_work(kit: Kit) -> None:
    older, operator = kit.consumer, learned(kit, [kit.rejected("h1")])
    with pytest.raises(BackfillNeededError):
        operator.take_up_types()

    older.apply(kit.publisher.run(kit.rejected("h2")))

    assert kit.count(mark) == 2


def test_a_backfill_beside_an_older_version_doubles_and_loses_nothing(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.rejected("h2"), kit.rejected("h3")]
    older, operator = kit.consumer, learned(kit, source.documents[1:])

    class Interrupted(ListSource):
        def after(self, position: int, limit: int = 500) -> list[str]:
            with pytest.raises(ConsumerStoppedError):
                older.apply(kit.publisher.run(source.documents[0]))
            return source.after(position, limit)

    applied = operator.backfill({"governance": Interrupted()})
    newer(kit).apply(kit.publisher.run(*source.documents))

    assert applied == 2
    assert sorted(kit.effects()) == [("h1", "rejected"), ("h2", "rejected"), ("h3", "rejected")]


def newer(kit: Kit) -> Consumer:
    """Return a consumer of the version that has learned."""
    return Consumer(kit.service, kit.store, kit.keys, kit.clock)


def learned(kit: Kit, passed: list[str]) -> Operator:
    """Let the service pass over documents, and then learn to handle rejections."""
    if passed:
        kit.apply(*passed)
    kit.service.handlers = {**kit.service.handlers, HazardRejectedV1: each(note_rejection)}
    return Operator(kit.service, kit.store, kit.keys, kit.clock)


def note_rejection(session: Session, event: HazardRejectedV1) -> None:
    """Write one row per rejection."""
    session.execute(effect.insert().values(hazard_id=event.hazard_id, word="rejected"))
