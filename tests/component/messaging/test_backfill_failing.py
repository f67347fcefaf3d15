"""A past event that fails is parked, although its subject has gone on; an operator redrives or discards it."""

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.events.governance import HazardRejectedV1
from shared.events.operations import ParkedEventDiscardedV1
from shared.messaging import each
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.operate import Operator
from shared.messaging.parking import ALIKE_MAX
from shared.messaging.tables import event_log, parked
from tests.component.messaging.conftest import BadSeverityError, Kit
from tests.component.messaging.test_backfill import note_rejection
from tests.component.messaging.test_parking import the_parked
from tests.component.messaging.test_sweep import ListSource


class Learned:
    """A service that passed over rejections, and handles them now: those of hazards in `bad` fail."""

    def __init__(self, kit: Kit, hazards: int) -> None:
        self.bad: dict[str, Exception] = {}
        self.source = ListSource()
        self.source.documents = [kit.rejected(f"h{number}") for number in range(hazards)]
        kit.apply(*self.source.documents)
        kit.service.handlers = {**kit.service.handlers, HazardRejectedV1: each(self.note)}
        self.operator = Operator(kit.service, kit.store, kit.keys, kit.clock)

    def note(self, session: Session, event: HazardRejectedV1) -> None:
        """Write one row, or fail after it."""
        note_rejection(session, event)
        if event.hazard_id in self.bad:
            raise self.bad[event.hazard_id]

    def backfill(self) -> int:
        """Apply the past."""
        return self.operator.backfill({"governance": self.source})


def test_a_past_event_that_fails_is_parked_and_the_rest_of_the_past_applied(kit: Kit) -> None:
    learned = Learned(kit, 3)
    learned.bad["h1"] = BadSeverityError()

    applied = learned.backfill()

    assert applied == 2
    assert [hazard for hazard, _ in kit.effects()] == ["h0", "h2"]
    assert (the_parked(kit).subject, the_parked(kit).error) == ("h1", "BadSeverityError")
    learned.operator.take_up_types()


def test_a_past_event_that_is_redriven_takes_effect_once_behind_what_followed_it(kit: Kit) -> None:
    learned = Learned(kit, 1)
    kit.apply(kit.verified("h0"))
    learned.bad["h0"] = BadSeverityError()
    learned.backfill()
    event_id = the_parked(kit).id

    failed_again = learned.operator.redrive(event_id)
    attempts = the_parked(kit).attempts
    learned.bad.clear()
    took_effect = learned.operator.redrive(event_id)

    assert (failed_again, attempts, took_effect) == (False, 2, True)
    assert kit.effects() == [("h0", "low"), ("h0", "rejected")]
    assert kit.count(parked) == 0


def test_a_past_event_that_is_discarded_is_stepped_over_and_that_is_told(kit: Kit) -> None:
    learned = Learned(kit, 1)
    learned.bad["h0"] = BadSeverityError()
    learned.backfill()

    learned.operator.discard(the_parked(kit).id)

    assert (kit.effects(), kit.count(parked)) == ([], 0)
    with kit.store.read() as session:
        assert session.execute(event_log.select()).one().type == ParkedEventDiscardedV1.type_name()


def test_a_fault_of_the_service_parks_no_past_event_and_backfill_goes_on_where_it_ended(kit: Kit) -> None:
    learned = Learned(kit, 2)
    learned.bad["h1"] = OperationalError("x", {}, Exception("no such table: y"))

    with pytest.raises(ConsumerStoppedError):
        learned.backfill()
    learned.bad.clear()
    applied = learned.backfill()

    assert (applied, kit.count(parked)) == (2, 0)
    assert [hazard for hazard, _ in kit.effects()] == ["h0", "h1"]


def test_many_past_events_that_fail_alike_stop_the_backfill(kit: Kit) -> None:
    learned = Learned(kit, ALIKE_MAX + 1)
    learned.bad |= {f"h{number}": BadSeverityError() for number in range(ALIKE_MAX + 1)}

    with pytest.raises(ConsumerStoppedError, match="BadSeverityError"):
        learned.backfill()

    assert kit.count(parked) == 0
