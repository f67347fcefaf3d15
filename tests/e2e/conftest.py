"""One served house for all journeys; each signs up riders of its own."""

from collections.abc import Iterator

import pytest

from cheqi.demo.day import Day
from tests.e2e.town import opened_town


@pytest.fixture(scope="session")
def day() -> Iterator[Day]:
    """Return a morning with staff and partners; its clock may only be moved forward."""
    with opened_town() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _an_hour_later(request: pytest.FixtureRequest) -> None:
    """Begin each journey an hour after the last, so that limits per hour and address do not add up."""
    if "day" in request.fixturenames:
        request.getfixturevalue("day").pass_by(hours=1)
