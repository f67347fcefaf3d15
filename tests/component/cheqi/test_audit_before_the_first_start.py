"""An audit of a folder in which no service ever ran, and of one whose services rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cheqi.audit import audit_house
from cheqi.house import House
from shared.settings import Settings


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

    (finding,) = audit_house(house)

    assert (finding.service, finding.code) == ("registration", "unsent")
    assert "start `cheqi up`" in finding.detail
