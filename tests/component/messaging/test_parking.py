"""An event that fails holds up its subject, and nobody else; an operator redrives or discards it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from shared.events.governance import HazardVerifiedV1
from shared.events.operations import ParkedEventDiscardedV1
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.parking import ALIKE_MAX, UnknownParkedEventError
from shared.messaging.tables import event_log, parked, waiting
from tests.component.messaging.conftest import BadSeverityError, Kit


def test_a_failing_event_is_parked_and_the_rest_of_its_run_applied(kit: Kit) -> None:
    kit.service.broken = failing_at("high")

    kit.apply(kit.verified("h1", "high"), kit.verified("h1", "low"), kit.verified("h2", "low"))

    assert kit.effects() == [("h2", "low")]
    assert (kit.count(parked), kit.count(waiting)) == (1, 1)


def test_a_parked_event_says_which_error_where_and_never_with_values(kit: Kit) -> None:
    kit.service.broken = failing_at("high")

    kit.apply(kit.verified("h1", "high"))

    row = the_parked(kit)
    assert (row.reason, row.error) == ("failed", "BadSeverityError")
    assert "conftest.py:note" in row.place
    assert "secret" not in row.place + row.error


def test_redriving_applies_the_event_and_what_waits_behind_it(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    kit.apply(kit.verified("h1", "high"), kit.verified("h1", "low"))
    kit.service.broken = lambda _event: None

    took_effect = kit.operator.redrive(the_parked(kit).id)

    assert took_effect
    assert kit.effects() == [("h1", "high"), ("h1", "low")]
    assert (kit.count(parked), kit.count(waiting)) == (0, 0)


def test_an_event_that_fails_again_stays_parked_with_its_attempts_counted(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    kit.apply(kit.verified("h1", "high"))

    took_effect = kit.operator.redrive(the_parked(kit).id)

    assert not took_effect
    assert the_parked(kit).attempts == 2


def test_discarding_steps_over_the_event_and_is_logged(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    kit.apply(kit.verified("h1", "high"), kit.verified("h1", "low"))

    kit.operator.discard(the_parked(kit).id)

    assert kit.effects() == [("h1", "low")]
    assert (kit.count(parked), kit.count(waiting)) == (0, 0)
    with kit.store.read() as session:
        assert session.execute(event_log.select()).one().type == ParkedEventDiscardedV1.type_name()


def test_discarding_what_another_operator_has_just_redriven_is_refused_and_not_told(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.service.broken = failing_at("high")
    kit.apply(kit.verified("h1", "high"))
    row = the_parked(kit)
    kit.service.broken = lambda _event: None
    assert kit.operator.redrive(row.id)
    monkeypatch.setattr(kit.operator, "_get", lambda _id: row)

    with pytest.raises(UnknownParkedEventError):
        kit.operator.discard(row.id)

    assert kit.effects() == [("h1", "high")]
    with kit.store.read() as session:
        assert session.execute(event_log.select()).all() == []


def test_a_parked_event_that_comes_again_is_not_tried_by_itself(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    event = kit.verified("h1", "high")
    kit.apply(event)
    kit.service.broken = lambda _event: None

    kit.apply(event)

    assert kit.effects() == []
    assert the_parked(kit).attempts == 1


def test_an_unknown_parked_event_is_refused(kit: Kit) -> None:
    with pytest.raises(UnknownParkedEventError, match="cheqi parked list"):
        kit.operator.redrive("no-such-event")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("not json", "not an event"),
        ("[]", "not an event"),
        ('{"specversion":"1.0"}', "not an event"),
        ("[" * 100_000, "not an event"),
        ("x" * 600_000, "too large"),
        ("\x00", "not an event"),
        ("\ud800", "not an event"),
        ("\x00" + "x" * 600_000, "too large"),
        ("\ud800" + "x" * 600_000, "too large"),
    ],
)
def test_a_hostile_document_is_parked_and_holds_up_nobody(kit: Kit, document: str, reason: str) -> None:
    kit.apply(document, kit.verified("h1"))

    assert the_parked(kit).reason == reason
    assert kit.effects() == [("h1", "low")]


def test_an_event_that_names_another_publisher_is_parked(kit: Kit) -> None:
    kit.apply(kit.verified("h1").replace('"source":"/governance"', '"source":"/rewards"'))

    assert the_parked(kit).reason == "foreign source"
    assert kit.effects() == []


def test_an_event_that_only_another_publisher_may_tell_is_parked(kit: Kit) -> None:
    kit.apply(kit.verified("h1").replace("cn.cheqi.governance.", "cn.cheqi.registration."))

    assert the_parked(kit).reason == "foreign type"
    assert kit.effects() == []


def test_a_handled_type_in_an_unknown_version_is_parked(kit: Kit) -> None:
    kit.apply(kit.verified("h1").replace("hazard-verified.v1", "hazard-verified.v9"))

    assert the_parked(kit).reason == "unknown version"


def test_an_event_with_missing_data_is_parked(kit: Kit) -> None:
    kit.apply(kit.verified("h1").replace('"severity":', '"gravity":'))

    assert the_parked(kit).error == "ValidationError"


def test_a_transient_failure_parks_nothing_and_is_raised_for_another_try(kit: Kit) -> None:
    kit.service.broken = lambda _event: OperationalError("x", {}, Exception("database is locked"))
    event = kit.verified("h1")

    with pytest.raises(OperationalError):
        kit.apply(event)
    kit.service.broken = lambda _event: None
    kit.apply(event)

    assert kit.effects() == [("h1", "low")]
    assert kit.count(parked) == 0


def test_a_missing_table_stops_the_consumer_and_parks_nothing(kit: Kit) -> None:
    kit.service.broken = lambda _event: OperationalError("x", {}, Exception("no such table: y"))

    with pytest.raises(ConsumerStoppedError):
        kit.apply(kit.verified("h1"))

    assert kit.count(parked) == 0


def test_many_subjects_that_fail_alike_within_a_minute_stop_the_consumer(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    for number in range(ALIKE_MAX):
        kit.apply(kit.verified(f"h{number}", "high"))

    with pytest.raises(ConsumerStoppedError, match="BadSeverityError"):
        kit.apply(kit.verified("one-more", "high"))

    assert kit.count(parked) == ALIKE_MAX


def failing_at(severity: str) -> Callable[[HazardVerifiedV1], Exception | None]:
    """Return a fault that strikes events of one severity."""
    return lambda event: BadSeverityError("secret") if event.severity == severity else None


def the_parked(kit: Kit) -> Row[Any]:
    """Return the one parked event."""
    with kit.store.read() as session:
        return session.execute(parked.select()).one()
