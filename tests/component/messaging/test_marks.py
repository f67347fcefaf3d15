"""An event takes effect once, for ever, in its subject's order, whatever the bus does."""

from dataclasses import replace

from shared.messaging.bus import Run
from shared.messaging.marks import next_offsets
from shared.messaging.tables import mark, parked, waiting
from tests.component.messaging.conftest import Kit


def test_a_redelivered_event_takes_effect_once(kit: Kit) -> None:
    event = kit.verified("h1")

    kit.apply(event)
    kit.apply(event, event)

    assert kit.effects() == [("h1", "low")]


def test_an_event_above_a_hole_waits_until_the_hole_is_filled(kit: Kit) -> None:
    first, second, third = kit.verified("h1", "low"), kit.verified("h1", "medium"), kit.verified("h1", "high")

    kit.apply(third, second)
    assert kit.effects() == []
    assert kit.count(waiting) == 2
    kit.apply(first)

    assert [word for _, word in kit.effects()] == ["low", "medium", "high"]
    assert kit.count(waiting) == 0


def test_a_hole_in_one_subject_holds_up_no_other(kit: Kit) -> None:
    _lost, above = kit.verified("h1"), kit.verified("h1")
    other = kit.verified("h2")

    kit.apply(above, other)

    assert kit.effects() == [("h2", "low")]


def test_an_event_of_another_history_is_parked(kit: Kit) -> None:
    kit.apply(kit.verified("h1"))
    event = kit.verified("h1")
    forged = event.replace('"previous":"', '"previous":"f')

    kit.apply(forged)

    assert len(kit.effects()) == 1
    assert _reasons(kit) == ["history differs"]


def test_an_operator_adopts_another_history(kit: Kit) -> None:
    kit.apply(kit.verified("h1"))
    event = kit.verified("h1", "high")
    kit.apply(event.replace('"previous":"', '"previous":"f'))
    with kit.store.read() as session:
        parked_id = session.execute(parked.select()).one().id

    without, adopted = kit.operator.redrive(parked_id), kit.operator.redrive(parked_id, adopt=True)

    assert (without, adopted) == (False, True)
    assert kit.effects()[-1] == ("h1", "high")


def test_a_run_that_begins_above_the_checkpoint_is_asked_for_again(kit: Kit) -> None:
    run = Run("governance", (kit.verified("h1"),), partition=3, first=10, end=11)

    back_to = kit.consumer.apply(run)

    assert back_to == 0
    assert kit.effects() == []


def test_of_runs_applied_together_one_above_its_checkpoint_is_asked_for_again_and_the_others_take_effect(
    kit: Kit,
) -> None:
    above = Run("governance", (kit.verified("h1"),), partition=3, first=10, end=11)
    beside = Run("governance", (kit.verified("h2"),), partition=4, first=0, end=7)

    missing = kit.consumer.apply_all([above, beside])

    assert missing == {3: 0}
    assert kit.effects() == [("h2", "low")]
    with kit.store.read() as session:
        assert next_offsets(session, "governance", [3, 4]) == {3: 0, 4: 7}


def test_a_run_below_the_checkpoint_goes_through_the_marks_like_any_other(kit: Kit) -> None:
    run = Run("governance", (kit.verified("h1"),), partition=3, first=0, end=11)
    kit.consumer.apply(run)

    back_to = kit.consumer.apply(replace(run, documents=(kit.verified("h2"),), end=1))

    assert back_to is None
    assert kit.effects() == [("h1", "low"), ("h2", "low")]


def test_a_mark_moves_over_types_that_nobody_handles(kit: Kit) -> None:
    kit.apply(kit.rejected("h1"), kit.verified("h1"))

    assert kit.effects() == [("h1", "low")]
    with kit.store.read() as session:
        assert session.execute(mark.select()).one().sequence == 2


def _reasons(kit: Kit) -> list[str]:
    with kit.store.read() as session:
        return [row.reason for row in session.execute(parked.select())]
