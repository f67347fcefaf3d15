"""One order is enough: a class opens at once, and later orders join it until it begins."""

from datetime import datetime

from shared.auth import Principal, Role
from shared.clock import SHANGHAI
from shared.events.registration import RiderMovedV1, RiderRegisteredV1
from shared.events.training import ClassJoinedV1, ClassOpenedV1, CourseOrderedV1
from tests.component.training.stage import HERE, OTHER, RIDER, STAFF, STRANGER, Stage


def test_one_order_opens_a_class_within_the_promised_days(stage: Stage) -> None:
    course_id = stage.course()

    answer = stage.post(RIDER, "/orders", {"course_id": course_id})

    assert answer.status_code == 201
    assert answer.json()["state"] == "in-class"
    (opened,) = stage.bench.told(ClassOpenedV1)
    assert opened.starts_at == datetime(2026, 9, 25, 20, 0, tzinfo=SHANGHAI)
    assert (opened.class_id, opened.rider_ids) == (answer.json()["class_id"], ("rider-1",))
    assert (opened.subdistrict, opened.title_en) == (HERE, "CPR")


def test_the_same_order_again_answers_the_same_order_and_tells_nothing(stage: Stage) -> None:
    course_id = stage.course()
    first = stage.post(RIDER, "/orders", {"course_id": course_id})

    second = stage.post(RIDER, "/orders", {"course_id": course_id})

    assert second.json() == first.json()
    assert len(stage.bench.told(CourseOrderedV1)) == 1
    assert len(stage.bench.told(ClassOpenedV1)) == 1
    assert not stage.bench.told(ClassJoinedV1)


def test_an_order_that_is_repeated_after_its_class_began_stays_in_that_class(stage: Stage) -> None:
    course_id = stage.course()
    first = stage.post(RIDER, "/orders", {"course_id": course_id})
    stage.begin_class()

    second = stage.post(RIDER, "/orders", {"course_id": course_id})

    assert second.json() == first.json()
    assert len(stage.bench.told(ClassOpenedV1)) == 1


def test_a_second_rider_joins_the_class_that_is_open(stage: Stage) -> None:
    course_id = stage.course()
    first = stage.post(RIDER, "/orders", {"course_id": course_id})

    second = stage.post(OTHER, "/orders", {"course_id": course_id})

    assert second.json()["class_id"] == first.json()["class_id"]
    assert len(stage.bench.told(ClassOpenedV1)) == 1
    (joined,) = stage.bench.told(ClassJoinedV1)
    assert (joined.rider_id, joined.class_id) == ("rider-2", first.json()["class_id"])


def test_a_rider_of_another_sub_district_opens_a_class_there(stage: Stage) -> None:
    course_id = stage.course()
    first = stage.post(RIDER, "/orders", {"course_id": course_id})

    second = stage.post(STRANGER, "/orders", {"course_id": course_id})

    assert second.json()["class_id"] != first.json()["class_id"]
    assert {opened.subdistrict for opened in stage.bench.told(ClassOpenedV1)} == {HERE, "110108001"}


def test_an_order_after_the_class_began_opens_the_next_one(stage: Stage) -> None:
    course_id = stage.course()
    first = stage.post(RIDER, "/orders", {"course_id": course_id})
    stage.begin_class()

    second = stage.post(OTHER, "/orders", {"course_id": course_id})

    assert second.json()["class_id"] != first.json()["class_id"]
    assert len(stage.bench.told(ClassOpenedV1)) == 2


def test_a_rider_may_order_a_course_again_once_its_class_has_ended(stage: Stage) -> None:
    course_id = stage.course()
    class_id = stage.held_class(course_id, [RIDER])
    stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    again = stage.post(RIDER, "/orders", {"course_id": course_id})

    assert again.json()["class_id"] not in (None, class_id)


def test_an_unknown_course_is_refused_and_leaves_nothing(stage: Stage) -> None:
    answer = stage.post(RIDER, "/orders", {"course_id": "no-such-course"})

    assert answer.status_code == 404
    assert not stage.bench.told(CourseOrderedV1)


def test_an_order_needs_a_course_or_a_wish_and_not_both(stage: Stage) -> None:
    neither = stage.post(RIDER, "/orders", {})
    both = stage.post(RIDER, "/orders", {"course_id": stage.course(), "wish": "吉他"})

    assert (neither.status_code, both.status_code) == (422, 422)


def test_an_order_without_a_sub_district_in_the_token_counts_where_registration_said(stage: Stage) -> None:
    course_id, nowhere = stage.course(), Principal(id="rider-9", role=Role.RIDER)
    unknown = stage.post(nowhere, "/orders", {"course_id": course_id})

    there = {"rider_id": "rider-9", "platform": "meituan", "language": "en"}
    stage.bench.apply(RiderRegisteredV1(subdistrict="110108001", **there))
    stage.bench.apply(RiderMovedV1(subdistrict=HERE, rider_id="rider-9", previous_subdistrict="110108001"))
    known = stage.post(nowhere, "/orders", {"course_id": course_id})

    assert (unknown.status_code, unknown.json()["type"].rpartition("/")[2]) == (409, "home-subdistrict-unknown")
    assert known.json()["subdistrict"] == HERE


def test_staff_do_not_order_courses_and_riders_do_not_add_them(stage: Stage) -> None:
    course_id = stage.course()

    ordered = stage.post(STAFF, "/orders", {"course_id": course_id})
    added = stage.post(RIDER, "/courses", {"title_zh": "吉他", "title_en": "Guitar"})

    assert (ordered.status_code, added.status_code) == (403, 403)
