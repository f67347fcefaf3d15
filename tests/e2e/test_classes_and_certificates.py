"""From an order to a certificate that anybody checks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cheqi.demo.classes import CERTIFICATES, CLASSES, ORDERS
from cheqi.demo.day import Day
from cheqi.demo.person import code_of
from cheqi.demo.points import until_points
from cheqi.demo.staff import XUEYUANLU
from tests.e2e.town import new_rider

VALID_DAYS = 30


@pytest.fixture
def course(day: Day) -> str:
    """Return a course of the catalogue that nobody has ordered."""
    draft = {"title_zh": "心理咨询", "title_en": "Counselling", "certifies": True, "valid_days": VALID_DAYS}
    return str(day["xueyuanlu"].post("/api/training/courses", draft)["id"])


def joined(day: Day, course: str, name: str) -> Any:
    """Let a rider order the course and return the answer."""
    return day[name].post(ORDERS, {"course_id": course})


def enrolled(day: Day, course: str, *names: str) -> str:
    """Let riders order the course and return the one class that they are in."""
    (class_id,) = {joined(day, course, name)["class_id"] for name in names}
    return str(class_id)


def attend(day: Day, class_id: str, present: list[str]) -> str:
    """Move the class to half an hour from now, hold it, confirm who was there; return its path."""
    path, begins = f"{CLASSES}/{class_id}", day.clock.now() + timedelta(minutes=30)
    day["xueyuanlu"].patch(path, {"starts_at": begins.isoformat()})
    day.wait_until(begins)
    day["xueyuanlu"].post(f"{path}/attendance", {"present": [day[name].id for name in present]})
    return path


def learner(day: Day, name: str = "何小满") -> str:
    """Return a rider of the sub-district who gave a name."""
    return new_rider(day, XUEYUANLU, name=name)


def test_one_order_of_a_course_opens_a_class_at_once(day: Day, course: str) -> None:
    rider = learner(day)

    answer = joined(day, course, rider)

    opened = day[rider].get(f"{CLASSES}/{answer['class_id']}")
    assert answer["state"] == "in-class"
    assert (opened["taken"], opened["state"]) == (1, "open")
    assert datetime.fromisoformat(opened["starts_at"]) > day.clock.now()


def test_who_booked_and_did_not_come_gets_neither_points_nor_certificate(day: Day, course: str) -> None:
    present, absent = learner(day), learner(day)
    class_id = enrolled(day, course, present, absent)

    path = attend(day, class_id, [present])
    passed = [{"rider_id": day[name].id, "passed": True} for name in (present, absent)]
    refused = code_of(day["xueyuanlu"].refused(f"{path}/completion", {"results": passed}))
    ended = day["xueyuanlu"].post(f"{path}/completion", {"results": passed[:1]})

    assert refused == "attendance-not-confirmed"
    assert len(ended["certificate_ids"]) == 1
    until_points(day, present, available=10)
    until_points(day, absent, available=0)
    assert day[absent].get(f"{CERTIFICATES}/mine")["total"] == 0


def test_anybody_reads_at_once_that_a_certificate_holds_is_revoked_or_has_expired(day: Day, course: str) -> None:
    riders = [learner(day), learner(day)]
    class_id = enrolled(day, course, *riders)
    path = attend(day, class_id, riders)
    passed = [{"rider_id": day[name].id, "passed": True} for name in riders]
    day["xueyuanlu"].post(f"{path}/completion", {"results": passed})
    kept, revoked = (day[name].get(f"{CERTIFICATES}/mine")["items"][0] for name in riders)
    before = [public(day, one["number"])["state"] for one in (kept, revoked)]

    day["xueyuanlu"].post(f"{CERTIFICATES}/{revoked['id']}/revocations", {"reason": "issued-in-error"})
    at_once = [public(day, one["number"])["state"] for one in (kept, revoked)]
    day.pass_by(days=VALID_DAYS + 1)
    later = [public(day, one["number"])["state"] for one in (kept, revoked)]

    assert before == ["valid", "valid"]
    assert at_once == ["valid", "revoked"]
    assert later == ["expired", "revoked"]


def test_the_public_page_opens_on_a_phone_without_sign_in(day: Day, course: str) -> None:
    rider = learner(day, "顾平安")
    path = attend(day, enrolled(day, course, rider), [rider])
    day["xueyuanlu"].post(f"{path}/completion", {"results": [{"rider_id": day[rider].id, "passed": True}]})
    number = day[rider].get(f"{CERTIFICATES}/mine")["items"][0]["number"]

    page = day.http.get(f"/c/{number}", headers={"Accept": "text/html", "Accept-Language": "zh-CN"})

    assert page.status_code == 200
    assert "width=device-width" in page.text
    assert number in page.text
    assert "顾平安" in page.text


def public(day: Day, number: str) -> Any:
    """Return what anybody reads of a certificate, without sign-in."""
    return day.http.get(f"/c/{number}.json").json()
