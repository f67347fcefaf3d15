"""Staff whose office has ended: rewards hears of it, and their tokens are worth nothing any more."""

from shared.auth import Principal
from shared.events.registration import StaffAppointedV1, StaffEndedV1
from tests.component.rewards.stage import DISTRICT, RIDER, STAFF, STAFF_ELSEWHERE, Stage
from tests.moments import NOON

OFFER = {"kind": "haircut", "title_zh": "理发券", "title_en": "Haircut voucher"}


def office(staff: Principal, appointment_id: str = "appointment-1") -> dict[str, str]:
    place = staff.subdistrict or "110108"
    return {"staff_id": staff.id, "appointment_id": appointment_id, "role": staff.role, "subdistrict": place}


def test_former_staff_make_no_offers_and_read_no_statements(stage: Stage) -> None:
    stage.register(RIDER)
    stage.tell(StaffAppointedV1(**office(STAFF), starts_on=NOON.date()), StaffEndedV1(**office(STAFF)))

    answers = [stage.post(STAFF, "/offers", OFFER), stage.get(STAFF, f"/riders/{RIDER.id}/statement")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers} == {"office-ended"}


def test_staff_of_whom_nothing_was_heard_yet_are_admitted_and_so_are_those_in_office(stage: Stage) -> None:
    stage.register(RIDER)
    stage.tell(StaffEndedV1(**office(STAFF_ELSEWHERE)), StaffAppointedV1(**office(DISTRICT), starts_on=NOON.date()))

    reading = [stage.get(who, f"/riders/{RIDER.id}/statement").status_code for who in (STAFF, DISTRICT)]

    assert (reading, stage.post(STAFF, "/offers", OFFER).status_code) == ([200, 200], 201)


def test_who_is_appointed_anew_is_admitted_again(stage: Stage) -> None:
    stage.tell(StaffEndedV1(**office(STAFF)))
    refused = stage.post(STAFF, "/offers", OFFER).status_code

    stage.tell(StaffAppointedV1(**office(STAFF, "appointment-2"), starts_on=NOON.date()))

    assert (refused, stage.post(STAFF, "/offers", OFFER).status_code) == (403, 201)
