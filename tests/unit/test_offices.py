"""When somebody has left an office."""

from datetime import date, timedelta

import pytest

from shared.offices import Office, has_left

TODAY = date(2026, 9, 18)


@pytest.mark.parametrize(
    ("offices", "left"),
    [
        ([], False),
        ([Office(None, ended=False)], False),
        ([Office(TODAY, ended=False)], False),
        ([Office(TODAY - timedelta(days=1), ended=False)], True),
        ([Office(None, ended=True)], True),
        ([Office(None, ended=True), Office(None, ended=False)], False),
    ],
    ids=["nothing heard", "in office", "last day", "day after", "ended", "appointed again"],
)
def test_somebody_has_left_when_every_known_appointment_is_over(offices: list[Office], left: bool) -> None:  # noqa: FBT001 - a case of the table
    assert has_left(offices, TODAY) == left
