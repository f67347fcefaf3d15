"""An id that does not exist is answered with 404, and nothing is changed."""

import pytest

from tests.component.training.stage import RIDER, STAFF, Stage

NOBODY = {"rider_id": "rider-404"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders/none/course", {"title_zh": "吉他", "title_en": "Guitar"}),
        ("/classes/none/check-ins", NOBODY),
        ("/classes/none/attendance", {"present": []}),
        ("/classes/none/completion", {"results": []}),
        ("/classes/none/completion", {"results": [{"rider_id": "rider-1", "passed": True}]}),
        ("/certificates", {"class_id": "none", "rider_id": "rider-1"}),
        ("/certificates/none/revocations", {"reason": "misuse"}),
    ],
)
def test_staff_who_name_an_unknown_id_are_told_so(stage: Stage, path: str, body: dict[str, object]) -> None:
    answer = stage.post(STAFF, path, body)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-found")


@pytest.mark.parametrize("path", ["/classes/none", "/certificates/none"])
def test_reading_an_unknown_id_is_told_so(stage: Stage, path: str) -> None:
    assert {stage.get(who, path).status_code for who in (RIDER, STAFF)} == {404}


def test_an_unknown_course_is_neither_changed_nor_linked(stage: Stage) -> None:
    order_id = stage.post(RIDER, "/orders", {"wish": "吉他"}).json()["id"]

    changed = stage.client(STAFF).patch("/api/training/courses/none", json={"title_zh": "吉他"})
    linked = stage.post(STAFF, f"/orders/{order_id}/course", {"course_id": "none"})

    assert (changed.status_code, linked.status_code) == (404, 404)


@pytest.mark.parametrize("step", ["check-ins", "check-ins/undo"])
def test_a_rider_without_a_place_is_not_checked_in(stage: Stage, step: str) -> None:
    class_id = stage.class_of(stage.course(), RIDER)

    answer = stage.post(STAFF, f"/classes/{class_id}/{step}", NOBODY)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "not-enrolled")


def test_a_rider_without_a_place_gets_no_certificate(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])

    issued = stage.post(STAFF, "/certificates", {"class_id": class_id, **NOBODY})
    ended = stage.post(STAFF, f"/classes/{class_id}/completion", {"results": [{**NOBODY, "passed": False}]})

    assert {issued.status_code, ended.status_code} == {409}
    assert {issued.json()["type"].rpartition("/")[2], ended.json()["type"].rpartition("/")[2]} == {"not-enrolled"}


def test_undoing_a_check_in_that_never_was_changes_nothing(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)

    answer = stage.post(STAFF, f"/classes/{class_id}/check-ins/undo", {"rider_id": "rider-1"})

    assert (answer.status_code, answer.json()["places"][0]["checked_in_at"]) == (201, None)
