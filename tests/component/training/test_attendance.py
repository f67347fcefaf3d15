"""Who came, who had an excuse, who did not come: confirmed once per rider."""

from datetime import timedelta

import pytest
from httpx2 import Response

from services.training.service import erase
from shared.events.training import AttendanceConfirmedV1, AttendanceNotedV1, CheckedInV1
from tests.component.training.stage import OTHER, RIDER, STAFF, STAFF_ELSEWHERE, STRANGER, Stage

PRESENT: dict[str, object] = {"present": ["rider-1"]}


def _kind(answer: Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def _outcomes(stage: Stage, class_id: str) -> dict[str, str]:
    places = stage.get(STAFF, f"/classes/{class_id}").json()["places"]
    return {place["rider_id"]: place["outcome"] for place in places}


def test_attendance_is_confirmed_once_however_often_the_sheet_comes(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])

    again = stage.post(STAFF, f"/classes/{class_id}/attendance", PRESENT)

    assert again.status_code == 201
    assert [event.rider_id for event in stage.bench.told(AttendanceConfirmedV1)] == ["rider-1"]


def test_an_excuse_is_no_absence(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER, OTHER)
    stage.begin_class()

    stage.post(STAFF, f"/classes/{class_id}/attendance", {"present": [], "excused": ["rider-2"]})

    assert _outcomes(stage, class_id) == {"rider-1": "absent", "rider-2": "excused"}
    assert not stage.bench.told(AttendanceConfirmedV1)
    assert len(stage.bench.told(AttendanceNotedV1)) == 2


def test_a_later_sheet_adds_a_rider_and_takes_none_away(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER], absent=[OTHER])

    stage.post(STAFF, f"/classes/{class_id}/attendance", {"present": ["rider-2"]})

    assert _outcomes(stage, class_id) == {"rider-1": "present", "rider-2": "present"}
    assert [event.rider_id for event in stage.bench.told(AttendanceConfirmedV1)] == ["rider-1", "rider-2"]


def test_attendance_is_not_confirmed_before_the_class_began(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    stage.bench.clock.advance(timedelta(days=7, hours=7, minutes=59))

    early = stage.post(STAFF, f"/classes/{class_id}/attendance", PRESENT)
    stage.bench.clock.advance(timedelta(minutes=1))
    in_time = stage.post(STAFF, f"/classes/{class_id}/attendance", PRESENT)

    assert (early.status_code, _kind(early), in_time.status_code) == (409, "class-not-begun", 201)


def test_a_rider_without_a_place_cannot_be_present(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    stage.begin_class()

    answer = stage.post(STAFF, f"/classes/{class_id}/attendance", {"present": ["rider-1", "rider-2"]})

    assert (answer.status_code, _kind(answer)) == (409, "not-enrolled")
    assert _outcomes(stage, class_id) == {"rider-1": None}


def test_a_rider_is_checked_in_once_from_an_hour_before_the_class_and_it_can_be_undone(stage: Stage) -> None:
    class_id, body = stage.class_of(stage.course(), RIDER), {"rider_id": "rider-1"}
    stage.bench.clock.advance(timedelta(days=7, hours=6, minutes=59))

    early = stage.post(STAFF, f"/classes/{class_id}/check-ins", body)
    stage.bench.clock.advance(timedelta(minutes=1))
    twice = [stage.post(STAFF, f"/classes/{class_id}/check-ins", body) for _ in range(2)]
    undone = stage.post(STAFF, f"/classes/{class_id}/check-ins/undo", body)

    assert (early.status_code, _kind(early)) == (409, "class-not-begun")
    assert all(answer.json()["places"][0]["checked_in_at"] for answer in twice)
    assert undone.json()["places"][0]["checked_in_at"] is None
    assert [event.present for event in stage.bench.told(CheckedInV1)] == [True, False]


def test_a_check_in_is_not_undone_once_the_attendance_is_confirmed(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])

    answer = stage.post(STAFF, f"/classes/{class_id}/check-ins/undo", {"rider_id": "rider-1"})

    assert (answer.status_code, _kind(answer)) == (409, "attendance-stands")


def test_a_class_does_not_end_while_nothing_says_whether_a_rider_came(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER, OTHER)
    stage.begin_class()
    stage.post(STAFF, f"/classes/{class_id}/check-ins", {"rider_id": "rider-1"})

    refused = stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})
    stage.post(STAFF, f"/classes/{class_id}/attendance", PRESENT)
    ended = stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    assert (refused.status_code, _kind(refused), ended.status_code) == (409, "attendance-open", 201)
    assert refused.json()["rider_ids"] == ["rider-1", "rider-2"]


def test_the_place_of_an_erased_rider_does_not_keep_a_class_from_its_end(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    with stage.bench.store.write() as session:
        erase(session, "rider-1")
    stage.begin_class()

    ended = stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    assert ended.status_code == 201


def test_who_was_missed_is_confirmed_and_certified_after_the_class_ended(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER], absent=[OTHER])
    stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    confirmed = stage.post(STAFF, f"/classes/{class_id}/attendance", {"present": ["rider-2"]})
    issued = stage.post(STAFF, "/certificates", {"class_id": class_id, "rider_id": "rider-2"})

    assert (confirmed.status_code, issued.status_code) == (201, 201)
    assert [event.rider_id for event in stage.bench.told(AttendanceConfirmedV1)] == ["rider-1", "rider-2"]


@pytest.mark.parametrize("step", ["attendance", "check-ins", "check-ins/undo", "completion"])
def test_staff_of_another_sub_district_and_riders_do_not_run_the_class(stage: Stage, step: str) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    bodies: dict[str, dict[str, object]] = {"attendance": PRESENT, "completion": {"results": []}}
    body = bodies.get(step, {"rider_id": "rider-1"})
    stage.begin_class()

    answers = [stage.post(who, f"/classes/{class_id}/{step}", body).status_code for who in (STAFF_ELSEWHERE, RIDER)]

    assert answers[0] == 404
    assert answers[1] in (403, 404)


def test_riders_see_the_classes_of_their_sub_district_that_can_still_be_joined(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    before = [stage.get(who, "/classes").json()["items"] for who in (OTHER, STRANGER)]

    stage.begin_class()

    assert [[(item["id"], item["taken"], item["places"]) for item in items] for items in before] == [
        [(class_id, 1, [])],
        [],
    ]
    assert stage.get(OTHER, "/classes").json()["items"] == []


def test_a_rider_sees_the_own_place_only_and_no_class_of_others(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER, OTHER)

    own = stage.get(RIDER, f"/classes/{class_id}").json()
    mine = stage.get(RIDER, "/classes/mine").json()

    assert (own["taken"], [place["rider_id"] for place in own["places"]]) == (2, ["rider-1"])
    assert [item["id"] for item in mine["items"]] == [class_id]
    assert stage.get(STRANGER, f"/classes/{class_id}").status_code == 404
    assert stage.get(STRANGER, "/classes/mine").json()["total"] == 0
