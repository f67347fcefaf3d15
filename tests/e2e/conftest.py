"""One served house for all journeys; each signs up riders of its own."""

from collections.abc import Iterator

import pytest

from cheqi.demo.day import Day
from cheqi.parked import parked_rows
from tests.e2e.story import live_through
from tests.e2e.town import opened_town


@pytest.fixture(scope="session")
def day() -> Iterator[Day]:
    """Return a morning with staff and partners; its clock may only be moved forward."""
    with opened_town() as opened:
        yield opened


@pytest.fixture(scope="session")
def played(day: Day) -> Day:
    """Return the day after something of every kind has happened in it."""
    live_through(day)
    return day


@pytest.fixture(autouse=True)
def _an_hour_later(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin each journey an hour after the last, so that limits per hour and address do not add up.

    After each, every service is ready and has parked nothing: what made one stop, at any time, is told here.
    """
    day = request.getfixturevalue("day") if "day" in request.fixturenames else None
    if day is not None:
        day.pass_by(hours=1)
    yield
    if day is not None:
        nodes = day.house.nodes.values()
        assert [(node.service.name, why) for node in nodes for why in node.health().reasons] == []
        assert [row for node in nodes for row in parked_rows(node)] == []
