"""Staff whose office has ended: training hears of it, and their tokens are worth nothing any more."""

from shared.events.registration import StaffAppointedV1, StaffEndedV1
from tests.component.training.stage import HERE, STAFF, STAFF_ELSEWHERE, Stage
from tests.moments import NOON

COURSE = {"title_zh": "法律", "title_en": "Law"}
OFFICE = {"staff_id": STAFF.id, "appointment_id": "a1", "role": STAFF.role.value, "subdistrict": HERE}


def test_former_staff_add_no_courses_and_others_go_on(stage: Stage) -> None:
    before = stage.post(STAFF, "/courses", COURSE).status_code
    stage.bench.apply(StaffAppointedV1(**OFFICE, starts_on=NOON.date()), StaffEndedV1(**OFFICE))

    after, elsewhere = stage.post(STAFF, "/courses", COURSE), stage.post(STAFF_ELSEWHERE, "/courses", COURSE)

    assert (before, after.status_code, elsewhere.status_code) == (201, 403, 201)
    assert after.json()["type"].endswith("/office-ended")


def test_an_office_ends_after_its_last_day_though_nothing_was_told_of_that_yet(stage: Stage) -> None:
    stage.bench.apply(StaffAppointedV1(**OFFICE, starts_on=NOON.date(), ends_on=NOON.date()))

    on_the_last_day = stage.post(STAFF, "/courses", COURSE)
    stage.bench.clock.set(NOON.replace(day=19, hour=0))

    assert (on_the_last_day.status_code, stage.post(STAFF, "/courses", COURSE).status_code) == (201, 403)
