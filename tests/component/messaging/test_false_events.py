"""What somebody put on the bus in a publisher's name, at the next place of a subject, costs none of its own events."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.events.envelope import Envelope
from shared.events.governance import HazardVerifiedV1
from shared.messaging.operate import Told
from shared.messaging.parking import NOT_IN_LOG
from shared.messaging.tables import parked, waiting
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_parking import failing_at
from tests.component.messaging.test_sweep import ListSource, sweep_of
from tests.moments import NOON
from tests.publisher import Publisher


@pytest.fixture
def log(kit: Kit) -> ListSource:
    """Return a log whose first event came to the consumer after a false one that failed."""
    kit.service.broken = failing_at("high")
    log = ListSource()
    log.documents = [kit.verified("h1", "low"), kit.verified("h1", "medium")]
    kit.apply(false("h1"), *log.documents)
    assert (kit.effects(), kit.count(parked), kit.count(waiting)) == ([], 1, 1)
    return log


def test_the_sweep_puts_what_was_told_in_the_place_of_what_was_not(kit: Kit, log: ListSource) -> None:
    sweep = sweep_of(kit, log)
    sweep.round()
    sweep.round()

    assert kit.effects() == [("h1", "low"), ("h1", "medium")]
    assert kit.count(waiting) == 0
    assert reasons(kit) == [NOT_IN_LOG.reason]


def test_a_false_event_is_not_redriven_once_the_log_was_asked(kit: Kit, log: ListSource) -> None:
    kit.service.broken = lambda _event: None

    first, again = (kit.operator.compare(the_id(kit), log) for _ in range(2))

    assert (first, again) == (Told.NEVER, Told.NEVER)
    assert kit.effects() == [("h1", "low"), ("h1", "medium")]


def test_discarding_a_false_event_steps_over_nothing(kit: Kit, log: ListSource) -> None:
    log.documents.clear()
    told = kit.operator.compare(the_id(kit), log)

    kit.operator.discard(the_id(kit))
    kit.apply(Publisher("governance").document(verified("low"), NOON))

    assert told is Told.NEVER
    assert kit.effects() == [("h1", "low"), ("h1", "medium")]


def test_what_fails_although_it_was_told_takes_the_place_of_what_was_not(kit: Kit, log: ListSource) -> None:
    kit.service.broken = failing_at("low")

    kit.operator.compare(the_id(kit), log)

    assert sorted(reasons(kit)) == ["failed", NOT_IN_LOG.reason]
    assert kit.effects() == []


def test_an_event_of_a_history_that_differs_is_stepped_over_where_its_publisher_tells_it(kit: Kit) -> None:
    kit.apply(kit.verified("h1"))
    log, other = ListSource(), Publisher("governance")
    log.documents = [other.document(verified("high"), NOON + timedelta(seconds=at)) for at in (1, 2, 3)]
    kit.apply(*log.documents)

    told = kit.operator.compare(the_id(kit), log)
    kit.operator.discard(the_id(kit))

    assert told is Told.SO
    assert kit.effects() == [("h1", "low"), ("h1", "high")]


@pytest.fixture
def forged(kit: Kit) -> ListSource:
    """Return a log whose only event came to the consumer after another with its id that failed."""
    kit.service.broken = failing_at("high")
    kit.apply(Publisher("governance").document(verified("high"), NOON))
    log = ListSource()
    log.documents = [kit.verified("h1", "low")]
    assert Envelope.parse(log.documents[0]).id == the_id(kit)
    return log


def test_what_was_told_is_decided_on_and_not_what_is_parked_under_its_id(kit: Kit, forged: ListSource) -> None:
    told = kit.operator.compare(the_id(kit), forged)

    assert told is Told.OTHERWISE
    assert kit.operator.compare(the_id(kit), forged) is Told.SO
    assert kit.operator.redrive(the_id(kit))
    assert kit.effects() == [("h1", "low")]


def test_the_sweep_applies_what_was_told_although_something_else_is_parked_under_its_id(
    kit: Kit, forged: ListSource
) -> None:
    sweep_of(kit, forged).round()

    assert (kit.effects(), kit.count(parked)) == ([("h1", "low")], 0)


def false(hazard: str) -> str:
    """Return an event that fails, as somebody would write it who saw nothing but the topic."""
    return Publisher("governance").document(verified("high", hazard), NOON + timedelta(seconds=1))


def verified(severity: str, hazard: str = "h1") -> HazardVerifiedV1:
    """Return the event that a hazard was verified."""
    return HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", severity=severity)


def reasons(kit: Kit) -> list[str]:
    """Return why events are parked."""
    with kit.store.read() as session:
        return list(session.scalars(select(parked.c.reason)))


def the_id(kit: Kit) -> str:
    """Return the id of the only parked event."""
    with kit.store.read() as session:
        return str(session.scalars(select(parked.c.id)).one())
