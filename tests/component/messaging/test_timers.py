"""A timer fires once, at its own time; one that fails is parked and can be redriven."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, literal, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.events.registration import RiderErasedV1
from shared.messaging import cancel, new_id, now, schedule
from shared.messaging.cause import of_system
from shared.messaging.log import transaction
from shared.messaging.tables import timer
from shared.messaging.timers import TimerLoop, list_parked_timers, redrive_timer
from tests.component.messaging.conftest import BadSeverityError, Kit, effect
from tests.publisher import Publisher

HOUR = timedelta(hours=1)


def test_a_timer_fires_once_when_it_is_due(kit: Kit) -> None:
    set_timer(kit, "ring")

    early = loop_of(kit).fire_due()
    kit.clock.advance(2 * HOUR)
    due, again = loop_of(kit).fire_due(), loop_of(kit).fire_due()

    assert (early, due, again) == (0, 1, 0)
    assert len(kit.effects()) == 1


def test_a_timer_acts_at_the_moment_it_was_due_however_late_it_fires(kit: Kit) -> None:
    due = kit.clock.now() + HOUR
    set_timer(kit, "ring")
    kit.clock.advance(30 * HOUR)

    loop_of(kit).fire_due()

    assert kit.effects() == [("h1", due.isoformat())]


def test_setting_the_same_timer_again_changes_nothing(kit: Kit) -> None:
    set_timer(kit, "ring")
    set_timer(kit, "ring")

    assert kit.count(timer) == 1


def test_a_cancelled_timer_does_not_fire(kit: Kit) -> None:
    set_timer(kit, "ring")
    with transaction(kit.store, "tester", kit.keys, of_system(kit.clock.now())) as session:
        cancel(session, "ring", "h1")
    kit.clock.advance(2 * HOUR)

    assert loop_of(kit).fire_due() == 0


@pytest.mark.parametrize("purpose", ["fail", "unheard-of"])
def test_a_failing_timer_is_parked_and_can_be_redriven(kit: Kit, purpose: str) -> None:
    set_timer(kit, purpose)
    kit.clock.advance(2 * HOUR)
    loop_of(kit).fire_due()

    with kit.store.write() as session:
        (row,) = list_parked_timers(session)
        found = redrive_timer(session, row.id)
    kit.service.timers = {purpose: ring}
    fired = TimerLoop(kit.service, kit.store, kit.keys, kit.clock).fire_due()

    assert (found, fired) == (True, 1)
    assert len(kit.effects()) == 1


def test_a_transient_failure_leaves_the_timer_due(kit: Kit) -> None:
    set_timer(kit, "busy")
    kit.clock.advance(2 * HOUR)

    with pytest.raises(OperationalError):
        loop_of(kit).fire_due()

    with kit.store.read() as session:
        assert list_parked_timers(session) == []
    assert kit.count(timer) == 1


def test_an_erasure_first_does_what_was_due_before_it_and_leaves_the_rest(kit: Kit) -> None:
    due = kit.clock.now() + HOUR
    with transaction(kit.store, "tester", kit.keys, of_system(kit.clock.now())) as session:
        for subject, hours in (("r1", 3), ("r1", 2), ("r1", 1), ("another", 1)):
            schedule(session, "ring", subject, kit.clock.now() + hours * HOUR)
    loop_of(kit)
    kit.service.timed = lambda rider_id: select(literal(rider_id))
    publisher = Publisher("registration")

    erased = publisher.document(RiderErasedV1(subdistrict="110108005", rider_id="r1"), due + HOUR)
    kit.consumer.apply(publisher.run(erased))

    assert kit.effects() == [("r1", due.isoformat()), ("r1", (due + HOUR).isoformat())]
    assert kit.count(timer) == 2


def ring(session: Session, subject: str) -> None:
    """Note when it is, by the transaction's own time."""
    assert new_id(session, "ring") == new_id(session, "ring")
    session.execute(insert(effect).values(hazard_id=subject, word=now(session).isoformat()))


def fail(session: Session, subject: str) -> None:
    """Fail after having written."""
    ring(session, subject)
    raise BadSeverityError


def busy(session: Session, subject: str) -> None:
    """Fail as a busy database does."""
    ring(session, subject)
    raise OperationalError("x", {}, Exception("database is locked"))


def set_timer(kit: Kit, purpose: str) -> None:
    """Set a timer for an hour after noon."""
    with transaction(kit.store, "tester", kit.keys, of_system(kit.clock.now())) as session:
        schedule(session, purpose, "h1", kit.clock.now() + HOUR)


def loop_of(kit: Kit) -> TimerLoop:
    """Return a loop that knows three purposes."""
    kit.service.timers = {"ring": ring, "fail": fail, "busy": busy}
    return TimerLoop(kit.service, kit.store, kit.keys, kit.clock)
