"""An event that no store could keep, or that fails outside any handler, is parked alone."""

import re
from typing import NoReturn

import pytest
from sqlalchemy.orm import Session

from shared.events.governance import HazardVerifiedV1
from shared.messaging import each
from shared.messaging.bus import Run
from shared.messaging.consumer import Consumer
from shared.messaging.marks import next_offset
from tests.component.messaging.conftest import BadSeverityError, Kit
from tests.component.messaging.test_parking import the_parked


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("subject", "h\\u00001"),
        ("subject", ""),
        ("subject", "h" * 401),
        ("id", "\\u0000"),
        ("id", "编号"),
        ("type", "cn.cheqi.a\\n"),
        ("seal", "\\u0000"),
        ("previous", " "),
    ],
)
def test_an_event_that_no_row_could_be_kept_under_is_parked_and_holds_up_nobody(
    kit: Kit, attribute: str, value: str
) -> None:
    bad = re.sub(rf'"{attribute}":"[^"]*"', lambda _found: f'"{attribute}":"{value}"', kit.verified("h1"))

    kit.apply(bad, kit.verified("h2"))

    assert the_parked(kit).reason == "not an event"
    assert kit.effects() == [("h2", "low")]


@pytest.mark.parametrize("number", [-1, 2**63, 10**400])
@pytest.mark.parametrize("attribute", ["sequence", "position"])
def test_a_place_that_no_column_holds_is_parked(kit: Kit, attribute: str, number: int) -> None:
    bad = re.sub(rf'"{attribute}":\d+', f'"{attribute}":{number}', kit.verified("h1"))

    kit.apply(bad, kit.verified("h2"))

    assert the_parked(kit).reason == "not an event"
    assert kit.effects() == [("h2", "low")]


def test_an_event_that_fails_outside_its_handler_is_found_and_parked_alone(kit: Kit) -> None:
    def key(event: HazardVerifiedV1) -> str:
        if event.severity == "bad":
            raise BadSeverityError
        return event.rider_id

    kit.service.handlers = {HazardVerifiedV1: each(kit.service.note, key=key)}
    kit.service.lock = lambda _session, _aggregates: None
    consumer = Consumer(kit.service, kit.store, kit.keys, kit.clock)
    documents = tuple(kit.verified(f"h{number}", "bad" if number == 5 else "low") for number in range(9))

    consumer.apply(Run("governance", documents, partition=0, first=0, end=9))

    assert the_parked(kit).error == "BadSeverityError"
    assert [hazard for hazard, _ in kit.effects()] == [f"h{number}" for number in range(9) if number != 5]
    with kit.store.read() as session:
        assert next_offset(session, "governance", 0) == 9


def test_what_fails_without_any_event_to_blame_is_raised(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_session: Session) -> NoReturn:
        raise BadSeverityError

    monkeypatch.setattr(kit.store, "commit", fail)

    with pytest.raises(BadSeverityError):
        kit.consumer.apply(Run("governance", (), partition=0, first=0, end=3))
