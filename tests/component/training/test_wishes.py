"""A course that is not in the catalogue yet: it waits for a title, then its class opens at once."""

import pytest

from shared.events.training import ClassJoinedV1, ClassOpenedV1, CourseChangedV1, CourseOrderedV1
from tests.component.training.stage import OTHER, RIDER, STAFF, STAFF_ELSEWHERE, Stage

WISH = "想学吉他弹唱"
TITLES: dict[str, object] = {"title_zh": "吉他", "title_en": "Guitar"}


def _wish(stage: Stage) -> str:
    answer = stage.post(RIDER, "/orders", {"wish": WISH})
    assert answer.json()["state"] == "waiting"
    return str(answer.json()["id"])


def test_a_wish_opens_its_class_as_soon_as_staff_gave_it_a_title(stage: Stage) -> None:
    order_id = _wish(stage)
    assert not stage.bench.told(ClassOpenedV1)

    answer = stage.post(STAFF, f"/orders/{order_id}/course", TITLES)

    assert (answer.status_code, answer.json()["state"]) == (201, "in-class")
    (opened,) = stage.bench.told(ClassOpenedV1)
    assert (opened.title_zh, opened.rider_ids) == ("吉他", ("rider-1",))
    assert [event.title_en for event in stage.bench.told(CourseChangedV1)] == ["Guitar"]


def test_a_titled_wish_is_in_the_catalogue_for_everybody(stage: Stage) -> None:
    order_id = _wish(stage)
    assert stage.get(OTHER, "/courses").json()["items"] == []
    stage.post(STAFF, f"/orders/{order_id}/course", TITLES)

    (course,) = stage.get(OTHER, "/courses").json()["items"]
    joined = stage.post(OTHER, "/orders", {"course_id": course["id"]})

    assert joined.json()["class_id"] == stage.bench.told(ClassOpenedV1)[0].class_id


def test_an_untitled_course_cannot_be_ordered_by_its_id(stage: Stage) -> None:
    _wish(stage)
    untitled = stage.bench.told(CourseOrderedV1)[0].course_id

    assert stage.post(OTHER, "/orders", {"course_id": untitled}).status_code == 404


def test_a_wish_may_be_linked_to_a_course_and_joins_its_open_class(stage: Stage) -> None:
    course_id = stage.course()
    class_id = stage.class_of(course_id, OTHER)
    order_id = _wish(stage)

    answer = stage.post(STAFF, f"/orders/{order_id}/course", {"course_id": course_id})

    assert answer.json()["class_id"] == class_id
    assert [event.rider_id for event in stage.bench.told(ClassJoinedV1)] == ["rider-1"]


def test_a_wish_for_what_the_rider_ordered_meanwhile_leads_to_the_same_place(stage: Stage) -> None:
    course_id = stage.course()
    order_id = _wish(stage)
    class_id = stage.class_of(course_id, RIDER)

    answer = stage.post(STAFF, f"/orders/{order_id}/course", {"course_id": course_id})

    assert answer.json()["class_id"] == class_id
    assert stage.get(STAFF, f"/classes/{class_id}").json()["taken"] == 1


def test_a_wish_is_answered_once(stage: Stage) -> None:
    order_id = _wish(stage)
    stage.post(STAFF, f"/orders/{order_id}/course", TITLES)

    again = stage.post(STAFF, f"/orders/{order_id}/course", TITLES)

    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "order-settled")
    assert len(stage.bench.told(ClassOpenedV1)) == 1


def test_staff_of_another_sub_district_do_not_see_the_wish(stage: Stage) -> None:
    order_id = _wish(stage)

    assert stage.post(STAFF_ELSEWHERE, f"/orders/{order_id}/course", TITLES).status_code == 404
    assert stage.get(STAFF_ELSEWHERE, "/orders?waiting=true").json()["total"] == 0


def test_the_rider_and_the_own_staff_read_the_words_of_a_wish(stage: Stage) -> None:
    _wish(stage)

    to_staff = stage.get(STAFF, "/orders?waiting=true").json()["items"]
    to_rider = stage.get(RIDER, "/orders/mine").json()["items"]

    assert [order["wish"] for order in to_staff] == [WISH]
    assert [order["wish"] for order in to_rider] == [WISH]
    assert stage.get(OTHER, "/orders/mine").json()["items"] == []


def test_the_words_of_a_wish_stand_in_no_event_and_in_no_row_unsealed(stage: Stage) -> None:
    _wish(stage)

    stored = stage.bytes_on_disk()

    assert b"course-ordered" in stored
    assert WISH.encode() not in stored
    assert WISH.encode("unicode_escape") not in stored


@pytest.mark.parametrize("wish", ["", "   ", "长" * 101])
def test_a_wish_has_between_one_and_a_hundred_characters(stage: Stage, wish: str) -> None:
    assert stage.post(RIDER, "/orders", {"wish": wish}).status_code == 422


def test_a_rider_has_no_more_wishes_waiting_than_the_rule_allows(stage: Stage) -> None:
    for _ in range(5):
        _wish(stage)

    sixth = stage.post(RIDER, "/orders", {"wish": WISH})

    assert (sixth.status_code, sixth.json()["type"].rpartition("/")[2]) == (409, "too-many-wishes")


@pytest.mark.parametrize("answer", [{}, {"title_zh": "吉他"}, {**TITLES, "course_id": "course-1"}])
def test_an_answer_names_a_course_or_gives_both_titles(stage: Stage, answer: dict[str, object]) -> None:
    order_id = _wish(stage)

    assert stage.post(STAFF, f"/orders/{order_id}/course", answer).status_code == 422


def test_a_wish_cannot_be_linked_to_a_course_without_titles(stage: Stage) -> None:
    first, second = _wish(stage), _wish(stage)
    untitled = stage.get(RIDER, "/orders/mine").json()["items"][-1]["course_id"]
    assert first != second

    answer = stage.post(STAFF, f"/orders/{second}/course", {"course_id": untitled})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "course-untitled")
