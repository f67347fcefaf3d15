"""Time and place of a class can change until it ends."""

from datetime import timedelta

import pytest

from shared.events.training import ClassChangedV1, ClassCompletedV1
from tests.component.training.stage import OTHER, RIDER, STAFF, STAFF_ELSEWHERE, Stage


def test_a_changed_class_tells_everybody_with_a_place(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER, OTHER)
    new_start = stage.bench.clock.now() + timedelta(days=2)
    body = {"starts_at": new_start.isoformat(), "venue_zh": "八里庄文化站"}

    answer = stage.client(STAFF).patch(f"/api/training/classes/{class_id}", json=body)

    assert answer.status_code == 200
    assert (answer.json()["venue_zh"], "八里庄街道" in answer.json()["venue_en"]) == ("八里庄文化站", True)
    (changed,) = stage.bench.told(ClassChangedV1)
    assert (changed.starts_at, set(changed.rider_ids)) == (new_start, {"rider-1", "rider-2"})


def test_a_class_saved_as_it_stands_bothers_nobody(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    body = {"starts_at": (stage.bench.clock.now() + timedelta(days=2)).isoformat(), "venue_zh": "八里庄文化站"}

    for _ in range(2):
        answer = stage.client(STAFF).patch(f"/api/training/classes/{class_id}", json=body)

    assert answer.status_code == 200
    assert len(stage.bench.told(ClassChangedV1)) == 1


def test_a_class_cannot_be_moved_into_the_past_or_to_a_time_without_zone(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    path = f"/api/training/classes/{class_id}"

    past = stage.client(STAFF).patch(path, json={"starts_at": "2026-09-18T11:59:00+08:00"})
    vague = stage.client(STAFF).patch(path, json={"starts_at": "2026-09-28T12:00:00"})

    assert (past.status_code, past.json()["type"].rpartition("/")[2]) == (422, "start-in-the-past")
    assert vague.status_code == 422
    assert not stage.bench.told(ClassChangedV1)


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1900000000", 1_900_000_001],
)
def test_a_class_begins_at_a_moment_that_calendars_hold_and_that_is_written_out(stage: Stage, moment: object) -> None:
    class_id = stage.class_of(stage.course(), RIDER)

    answer = stage.client(STAFF).patch(f"/api/training/classes/{class_id}", json={"starts_at": moment})

    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["body.starts_at"])
    assert not stage.bench.told(ClassChangedV1)


def test_a_class_that_ended_does_not_change_any_more(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    answers = [
        stage.client(STAFF).patch(f"/api/training/classes/{class_id}", json={"venue_zh": "操场"}),
        stage.post(STAFF, f"/classes/{class_id}/check-ins", {"rider_id": "rider-1"}),
        stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []}),
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers} == {"class-completed"}
    assert len(stage.bench.told(ClassCompletedV1)) == 1


def test_staff_of_another_sub_district_do_not_see_the_class(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)

    changed = stage.client(STAFF_ELSEWHERE).patch(f"/api/training/classes/{class_id}", json={"venue_zh": "操场"})

    assert changed.status_code == 404
    assert stage.get(STAFF_ELSEWHERE, f"/classes/{class_id}").status_code == 404
    assert stage.get(STAFF_ELSEWHERE, "/classes").json()["total"] == 0
    assert stage.get(STAFF, "/classes").json()["total"] == 1
