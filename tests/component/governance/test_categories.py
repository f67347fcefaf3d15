"""The tree of categories: the first ones are there, district staff add, rename, close and open them."""

import pytest

from shared.auth import Principal
from shared.events.envelope import DISTRICT as DISTRICT_CODE
from shared.events.governance import CategoryChangedV1
from shared.events.registration import StaffEndedV1
from tests.component.governance.stage import DISTRICT, RIDER, STAFF, Stage, code, draft

DRAFT: dict[str, object] = {
    "code": "gas-bottle",
    "parent": "fire-safety",
    "title_zh": "液化气瓶违规存放",
    "title_en": "Gas bottle where it must not be",
}


def views(stage: Stage) -> dict[str, dict[str, object]]:
    """Return the categories as a rider reads them, by code."""
    listed = stage.get(RIDER, "/categories").json()
    assert listed["total"] == len(listed["items"])
    return {item["code"]: item for item in listed["items"]}


def test_the_first_categories_are_there_with_titles_and_parents(stage: Stage) -> None:
    listed = views(stage)

    assert listed["e-bike-charging"]["parent"] == "fire-safety"
    assert listed["manhole"]["title_zh"] == "井盖缺失或破损"
    assert all(item["open"] for item in listed.values())


def test_the_district_adds_a_category_that_reports_may_have(stage: Stage) -> None:
    answer = stage.post(DISTRICT, "/categories", DRAFT)

    assert (answer.status_code, answer.json()["open"]) == (201, True)
    assert stage.report(category="gas-bottle")
    (told,) = stage.bench.told(CategoryChangedV1)
    assert (told.category, told.title_en, told.active) == ("gas-bottle", DRAFT["title_en"], True)


def test_a_first_category_can_be_renamed_and_keeps_its_place(stage: Stage) -> None:
    answer = stage.patch(DISTRICT, "/categories/manhole", {"title_en": "Manhole"})

    assert (answer.status_code, answer.json()["title_en"]) == (200, "Manhole")
    assert views(stage)["manhole"]["title_zh"] == "井盖缺失或破损"
    assert views(stage)["manhole"]["parent"] == "road"


def test_a_category_saved_as_it_stands_tells_nothing(stage: Stage) -> None:
    for _ in range(2):
        answer = stage.patch(DISTRICT, "/categories/manhole", {"title_en": "Manhole", "active": True})

    assert (answer.status_code, answer.json()["title_en"]) == (200, "Manhole")
    assert len(stage.bench.told(CategoryChangedV1)) == 1


def test_a_closed_category_and_those_under_it_take_no_reports_until_it_opens_again(stage: Stage) -> None:
    stage.post(DISTRICT, "/categories", DRAFT)
    stage.patch(DISTRICT, "/categories/fire-safety", {"active": False})
    for closed in ("fire-safety", "e-bike-charging", "gas-bottle"):
        assert code(stage.post(RIDER, "/hazards", draft(category=closed))) == (422, "unknown-category")
    assert views(stage)["gas-bottle"]["open"] is False

    stage.patch(DISTRICT, "/categories/fire-safety", {"active": True})

    assert stage.report(category="gas-bottle")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "manhole"}, (409, "category-exists")),
        ({"parent": "unicorn"}, (422, "unknown-parent-category")),
        ({"code": "Not A Code"}, (422, "invalid-request")),
        ({"title_zh": "  "}, (422, "invalid-request")),
    ],
)
def test_a_category_that_cannot_be_is_refused(
    stage: Stage, changes: dict[str, object], problem: tuple[int, str]
) -> None:
    assert code(stage.post(DISTRICT, "/categories", DRAFT | changes)) == problem
    assert not stage.bench.told(CategoryChangedV1)


def test_a_category_is_added_once(stage: Stage) -> None:
    stage.post(DISTRICT, "/categories", DRAFT)

    assert code(stage.post(DISTRICT, "/categories", DRAFT)) == (409, "category-exists")


def test_an_unknown_category_cannot_be_changed_and_an_empty_change_is_none(stage: Stage) -> None:
    assert code(stage.patch(DISTRICT, "/categories/unicorn", {"active": False})) == (404, "not-found")
    assert code(stage.patch(DISTRICT, "/categories/manhole", {})) == (422, "invalid-request")


def test_district_staff_who_left_change_no_categories(stage: Stage) -> None:
    office = {"staff_id": "staff-3", "appointment_id": "a1", "role": "district-staff"}

    stage.bench.apply(StaffEndedV1(subdistrict=DISTRICT_CODE, **office))

    assert code(stage.post(DISTRICT, "/categories", DRAFT)) == (403, "office-ended")


@pytest.mark.parametrize("who", [RIDER, STAFF], ids=["rider", "sub-district staff"])
def test_only_the_district_changes_categories(stage: Stage, who: Principal) -> None:
    assert code(stage.post(who, "/categories", DRAFT)) == (403, "forbidden")
    assert code(stage.patch(who, "/categories/manhole", {"active": False})) == (403, "forbidden")
