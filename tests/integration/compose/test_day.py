"""The article's day on the compose stack, over HTTP through the gateway, as far as nobody has to set the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx2

from cheqi.demo import classes, hazards, riders, staff
from cheqi.demo.day import Day, until
from cheqi.demo.entrance import enter_account, new_password
from cheqi.demo.points import until_points
from cheqi.house import House
from shared.clock import SettableClock
from tests.containers.patience import until as pass_until
from tests.e2e import story
from tests.e2e.town import new_rider
from tests.integration.compose.stack import Stack


def come_in(day: Day) -> None:
    """Make an administrator on the command line, beside those of other tests."""
    password = new_password()
    enter_account(day, "admin", "mayor", password, day.create_administrator("mayor", password))


STEPS = (
    staff.count_places,
    come_in,
    staff.appoint_staff,
    staff.take_in_partners,
    riders.sign_up_riders,
    hazards.report_with_photo,
    classes.order_new_course,
)
SOON = timedelta(seconds=4)


class WallClock(SettableClock):
    """The machine's clock, which nobody sets: who wants a later moment waits for it."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)

    def set(self, moment: datetime) -> None:
        """Wait for the moment."""
        pass_until(lambda: self.now() >= moment, 2 * SOON.total_seconds())

    def advance(self, step: timedelta) -> None:
        """Do nothing: time passes by itself."""


class DayInContainers(Day):
    """The day on a stack, whose operator's commands run in a container."""

    stack: Stack

    def create_administrator(self, login: str, password: str) -> str:
        """Make an administrator by the command line."""
        words = ("staff", "create-administrator", "--login", login, "--password-stdin")
        return self.stack.run(*words, given=password).stdout.strip()

    def messages(self) -> list[dict[str, str]]:
        """Return the newest text messages."""
        return list(self.stack.messages())


@contextmanager
def morning_on(stack: Stack) -> Iterator[Day]:
    """Open a day on a stack."""
    with httpx2.Client(base_url=stack.address, timeout=30, trust_env=False) as http:
        one = DayInContainers(cast(House, None), WallClock(datetime.now(UTC)), http)
        one.stack = stack
        yield one


def test_the_day_is_played_through_the_gateway(stack: Stack) -> None:
    with morning_on(stack) as day:
        for step in STEPS:
            step(day)
        first, second = new_rider(day), new_rider(day)
        story.share_award(day, first, second)
        story.reject_one(day, first)
        story.redeem_one(day, first)
        number = certify(day, new_rider(day, staff.XUEYUANLU, name="何小满"))
        story.forget(day, second)

        assert day.http.get(f"/c/{number}.json").json()["holder"] == "何小满"
        assert number in day.http.get(f"/c/{number}", headers={"Accept": "text/html"}).text


def test_the_operator_rehearses_a_day_of_many(stack: Stack) -> None:
    played = stack.run("rehearse", "--riders", "20")

    assert played.returncode == 0, played.stdout + played.stderr
    assert "0 events not settled" in played.stdout


def certify(day: Day, name: str) -> str:
    """Let a rider attend a class that begins in a moment; return the number of the certificate."""
    titles: dict[str, Any] = {"title_zh": "急救", "title_en": "First aid", "certifies": True}
    course = day["xueyuanlu"].post("/api/training/courses", titles)
    class_id = day[name].post(classes.ORDERS, {"course_id": course["id"]})["class_id"]
    path, rider_id, begins = f"{classes.CLASSES}/{class_id}", day[name].id, day.clock.now() + SOON
    day["xueyuanlu"].patch(path, {"starts_at": begins.isoformat()})
    day.wait_until(begins)
    day["xueyuanlu"].post(f"{path}/attendance", {"present": [rider_id]})
    day["xueyuanlu"].post(f"{path}/completion", {"results": [{"rider_id": rider_id, "passed": True}]})
    until_points(day, name, available=10)
    until("certificates", lambda: len(day[name].get(f"{classes.CERTIFICATES}/mine")["items"]), 1)
    return str(day[name].get(f"{classes.CERTIFICATES}/mine")["items"][0]["number"])
