"""What governance keeps of riders and staff, whatever arrives how often and in which order."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from services.governance.models import OFFICES
from services.governance.people.models import Rider
from shared.auth import Principal, Role
from shared.events.envelope import Event
from shared.events.registration import RiderMovedV1, RiderRegisteredV1, StaffAppointedV1, StaffEndedV1
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import ELSEWHERE, HERE, RIDER, Stage
from tests.moments import NOON

REGISTERED = RiderRegisteredV1(subdistrict=ELSEWHERE, rider_id="rider-8", platform="meituan", language="en")
MOVED = RiderMovedV1(subdistrict=HERE, rider_id="rider-8", previous_subdistrict=ELSEWHERE)
OFFICE = {"subdistrict": HERE, "staff_id": "staff-1", "appointment_id": "a1", "role": "subdistrict-staff"}
APPOINTED = StaffAppointedV1(**OFFICE, starts_on=NOON.date(), ends_on=NOON.date() + timedelta(days=30))
ENDED = StaffEndedV1(**OFFICE)


def kept(stage: Stage) -> list[tuple[object, ...]]:
    """Return every row about people."""
    with stage.bench.read() as session:
        rows = [*session.execute(select(Rider.__table__)), *session.execute(select(OFFICES.table))]
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("first", [0, 1], ids=["rider first", "staff first"])
def test_the_order_across_people_does_not_matter(stage: Stage, first: int) -> None:
    runs: list[list[Event]] = [[REGISTERED, MOVED], [APPOINTED, ENDED]]

    for run in next(list(order) for order in permutations(runs) if order[0] is runs[first]):
        stage.bench.apply(*run)

    last_day = NOON.date() + timedelta(days=30)
    assert kept(stage) == [("rider-8", HERE), ("a1", "staff-1", "subdistrict-staff", HERE, last_day, True)]


def test_what_is_delivered_three_times_has_one_effect(stage: Stage) -> None:
    documents = stage.bench.apply(REGISTERED, MOVED, APPOINTED, ENDED)
    before = kept(stage)

    for _ in range(2):
        stage.bench.consumer.apply(stage.bench.publisher("registration").run(*documents))

    assert kept(stage) == before


def test_the_end_of_an_office_never_heard_of_is_kept(stage: Stage) -> None:
    stage.bench.apply(ENDED)

    assert kept(stage) == [("a1", "staff-1", "subdistrict-staff", HERE, None, True)]


def test_a_rider_whose_token_names_no_sub_district_has_the_one_that_registration_told(stage: Stage) -> None:
    hazard_id = stage.report(RIDER, photo_id=stage.photo(RIDER, jpeg(1)))
    nowhere = Principal(id="rider-8", role=Role.RIDER)
    before = stage.send_photo(nowhere, jpeg(1)).json()

    stage.bench.apply(REGISTERED, MOVED)
    after = stage.send_photo(nowhere, jpeg(1)).json()

    assert (before["known"], after["known_hazard"]) == (False, hazard_id)
