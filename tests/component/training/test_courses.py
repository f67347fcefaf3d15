"""The catalogue: staff put courses in and change their own sub-district's."""

from shared.events.training import ClassOpenedV1, CourseChangedV1
from tests.component.training.stage import DISTRICT, HERE, RIDER, STAFF, STAFF_ELSEWHERE, Stage


def test_a_course_of_a_sub_district_can_be_ordered_everywhere(stage: Stage) -> None:
    course_id = stage.course()

    (course,) = stage.get(RIDER, "/courses").json()["items"]

    assert (course["id"], course["subdistrict"], course["title_en"]) == (course_id, HERE, "CPR")
    assert [event.course_id for event in stage.bench.told(CourseChangedV1)] == [course_id]


def test_a_course_saved_as_it_stands_tells_nothing(stage: Stage) -> None:
    course_id = stage.course()

    answer = stage.client(STAFF).patch(f"/api/training/courses/{course_id}", json={"title_en": "CPR"})

    assert answer.status_code == 200
    assert len(stage.bench.told(CourseChangedV1)) == 1


def test_district_staff_add_courses_of_the_whole_district(stage: Stage) -> None:
    added = stage.post(DISTRICT, "/courses", {"title_zh": "法律", "title_en": "Law"})

    assert (added.status_code, added.json()["subdistrict"]) == (201, "110108")


def test_only_the_own_staff_and_the_district_change_a_course(stage: Stage) -> None:
    course_id, body = stage.course(), {"title_en": "Resuscitation"}
    path = f"/api/training/courses/{course_id}"

    by = {who.id: stage.client(who).patch(path, json=body) for who in (STAFF_ELSEWHERE, RIDER, STAFF, DISTRICT)}

    assert [by[name].status_code for name in ("staff-2", "staff-1", "staff-3")] == [404, 200, 200]
    assert by["rider-1"].status_code in (403, 404)
    assert by["staff-1"].json()["title_zh"] == "心肺复苏"


def test_a_new_title_does_not_change_what_was_told_of_open_classes(stage: Stage) -> None:
    course_id = stage.course()
    stage.class_of(course_id, RIDER)

    stage.client(STAFF).patch(f"/api/training/courses/{course_id}", json={"title_zh": "急救"})

    assert [event.title_zh for event in stage.bench.told(ClassOpenedV1)] == ["心肺复苏"]


def test_a_course_needs_both_titles(stage: Stage) -> None:
    assert stage.post(STAFF, "/courses", {"title_zh": "吉他"}).status_code == 422
    assert stage.post(STAFF, "/courses", {"title_zh": "吉他", "title_en": "x" * 81}).status_code == 422


def test_a_course_without_titles_is_named_by_answering_its_order(stage: Stage) -> None:
    stage.post(RIDER, "/orders", {"wish": "吉他"})
    (order,) = stage.get(STAFF, "/orders").json()["items"]

    changed = stage.client(STAFF).patch(f"/api/training/courses/{order['course_id']}", json={"title_zh": "吉他"})

    assert (changed.status_code, changed.json()["type"].rpartition("/")[2]) == (409, "course-untitled")
