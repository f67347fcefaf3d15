"""A relay compares what the bus ends with, and what was archived since is as much the log as its table."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.messaging.relay import RelayStoppedError
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, relay_of
from tests.component.messaging.year import IN_DECEMBER, Year, verified, year_of


@pytest.fixture
def year(kit: Kit, tmp_path: Path) -> Year:
    """Return a log of three months."""
    return year_of(kit, tmp_path / "archive")


def test_a_relay_goes_on_when_the_subject_of_the_last_archived_event_has(year: Year) -> None:
    tail = year.pages()[-1]
    year.archive("2026-12")
    year.tell(IN_DECEMBER, verified("h0"), verified("h1"))
    year.kit.clock.advance(timedelta(minutes=1))
    relay = relay_of(year.kit, ListBus(), "another")

    numbered = relay.number()

    assert numbered == 2
    relay.check([tail])


def test_a_relay_starts_while_a_broker_is_refilled_from_the_archive(year: Year) -> None:
    pages = year.pages()
    year.archive("2026-12")
    relay = relay_of(year.kit, ListBus())

    relay.check(pages[::50])


def test_an_archived_event_in_another_place_or_under_another_seal_stops_the_relay(year: Year) -> None:
    page = year.pages()[100]
    year.archive("2026-12")
    relay = relay_of(year.kit, ListBus())
    seal = page.rpartition('"seal":"')[2].partition('"')[0]

    with pytest.raises(RelayStoppedError, match="somebody else wrote"):
        relay.check([page.replace(seal, "0" * 64)])
    with pytest.raises(RelayStoppedError, match="somebody else wrote"):
        relay.check([page.replace('"sequence":', '"sequence":9')])
