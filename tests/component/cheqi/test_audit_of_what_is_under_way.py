"""What an audit says of events on their way: before the first start, on services that rest, and on busy ones."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from cheqi.audit import audit_house
from cheqi.house import House
from cheqi.lateness import late, under_way
from shared.messaging.tables import waiting
from shared.settings import Settings
from tests.moments import NOON


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with one administrator, in which nothing ever ran."""
    made = House(Settings(data=tmp_path, sms="trial"))
    made.create_administrator("boss", "seven horses at dawn")
    yield made
    made.stop()


def test_what_was_ordered_before_the_first_start_is_no_finding(house: House) -> None:
    assert audit_house(house) == []


def test_what_a_relay_has_not_sent_is_found_with_what_to_do(house: House) -> None:
    house.settle()
    house.create_administrator("deputy", "eight horses at dusk")

    (finding,) = audit_house(house, patience_s=0)

    assert (finding.service, finding.code) == ("registration", "unsent")
    assert "start `cheqi up`" in finding.detail


def test_what_comes_and_goes_while_an_audit_looks_is_not_late(house: House) -> None:
    house.settle()
    house.create_administrator("deputy", "eight horses at dusk")
    before = {name: under_way(node) for name, node in house.nodes.items()}
    house.settle()
    house.create_administrator("third", "nine horses at night")

    assert list(late(house.nodes, before, patience_s=0)) == []


def test_a_relay_at_work_is_given_time(house: House) -> None:
    house.settle()
    house.create_administrator("deputy", "eight horses at dusk")
    before = {"registration": under_way(house.nodes["registration"])}
    worker = threading.Thread(target=house.settle)

    worker.start()
    found = list(late(house.nodes, before, patience_s=60))
    worker.join()

    assert found == []


def test_an_event_above_a_hole_is_late_when_it_still_waits(house: House) -> None:
    house.settle()
    with house.nodes["rewards"].store.write() as session:
        session.execute(
            insert(waiting).values(source="governance", subject="h1", sequence=2, document="{}", since=NOON)
        )
    before = {"rewards": under_way(house.nodes["rewards"])}

    (name, finding), *others = late(house.nodes, before, patience_s=0)

    assert (name, finding.code, finding.subject, others) == ("rewards", "waiting", "h1", [])
