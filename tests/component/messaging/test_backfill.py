"""A service that learns to handle a type does not start before the past of it is applied or waived."""

import pytest
from sqlalchemy.orm import Session

from shared.events.governance import HazardRejectedV1
from shared.messaging import each
from shared.messaging.bus import Run
from shared.messaging.operate import BackfillNeededError, Operator
from tests.component.messaging.conftest import Kit, effect
from tests.component.messaging.test_sweep import ListSource


def test_a_type_that_was_passed_over_must_be_backfilled_before_a_start(kit: Kit) -> None:
    operator = learned(kit, [kit.rejected("h1")])

    with pytest.raises(BackfillNeededError, match="cheqi backfill tester"):
        operator.refuse_missed_types()


def test_a_type_that_nobody_handles_holds_up_no_start(kit: Kit) -> None:
    kit.apply(kit.rejected("h1"))

    kit.operator.refuse_missed_types()

    assert kit.operator.missed_types() == {}


def test_backfill_applies_the_past_once_and_lets_the_service_start(kit: Kit) -> None:
    source = ListSource()
    source.documents = [kit.rejected("h1"), kit.verified("h1"), kit.rejected("h2")]
    operator = learned(kit, source.documents)

    applied, again = operator.backfill({"governance": source}), operator.backfill({"governance": source})

    assert (applied, again) == (2, 0)
    assert kit.effects()[1:] == [("h1", "rejected"), ("h2", "rejected")]
    operator.refuse_missed_types()


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

    operator.refuse_missed_types()
    assert kit.effects() == []


def learned(kit: Kit, passed: list[str]) -> Operator:
    """Let the service pass over documents, and then learn to handle rejections."""
    if passed:
        kit.apply(*passed)
    kit.service.handlers = {**kit.service.handlers, HazardRejectedV1: each(note_rejection)}
    return Operator(kit.service, kit.store, kit.keys, kit.clock)


def note_rejection(session: Session, event: HazardRejectedV1) -> None:
    """Write one row per rejection."""
    session.execute(effect.insert().values(hazard_id=event.hazard_id, word="rejected"))
