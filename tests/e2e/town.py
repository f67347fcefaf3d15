"""A served house with staff and partners, and what journeys begin with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from cheqi.demo import staff
from cheqi.demo.day import Day
from cheqi.demo.entrance import enter_rider
from cheqi.demo.hazards import HAZARDS, Sight
from cheqi.demo.play import opened_day
from cheqi.demo.points import until_points
from shared.geo import Point
from tests.ports import free_port

_numbers = count(1)
CRITICAL = 50
OWN_CORNER = 0.01
STAFF_OF = {code: name for name, code in staff.OFFICES.items()}
A_COMMUNITY_OF = {
    staff.SHUGUANG: "110108025002",
    staff.XUEYUANLU: "110108010001",
}


@contextmanager
def opened_town(traces_url: str | None = None) -> Iterator[Day]:
    """Serve a new house with administrator, district staff, staff of two sub-districts and a laundry."""
    with opened_day(free_port(), traces_url) as day:
        staff.make_administrator(day)
        staff.appoint_district_staff(day)
        for name in ("shuguang", "xueyuanlu"):
            staff.appoint(day, name)
        staff.take_in(day, "laundry")
        yield day


def new_rider(day: Day, subdistrict: str = staff.SHUGUANG, language: str = "zh-CN", **details: Any) -> str:
    """Sign a rider up whom nobody has met before and return the name by which the day knows the rider."""
    number = next(_numbers)
    draft = {
        "phone": f"1391{number:07}",
        "platform": "meituan",
        "subdistrict": subdistrict,
        "language": language,
        "consents": [{"purpose": "service", "granted": True}],
    }
    name = f"rider-{number}"
    enter_rider(day, name, draft | details)
    return name


def sight(
    number: int = 0, subdistrict: str = staff.SHUGUANG, category: str = "manhole", words: str = "井盖松动"
) -> Sight:
    """Return a hazard; each number is a place of its own, far from all others."""
    place = Point(39.9 + number % 10 * OWN_CORNER, 116.2 + number // 10 * OWN_CORNER)
    return Sight(category, words, community=A_COMMUNITY_OF[subdistrict], point=place)


def verify(day: Day, hazard: Mapping[str, Any], severity: str) -> Any:
    """Let the staff of the report's sub-district verify it."""
    staff_name = STAFF_OF[hazard["subdistrict"]]
    return day[staff_name].post(f"{HAZARDS}/{hazard['hazard_id']}/verifications", {"severity": severity})


def give_points(day: Day, name: str) -> None:
    """Let a rider earn 50 points by a report that is verified as critical."""
    verify(day, day[name].post(HAZARDS, sight().draft()), "critical")
    until_points(day, name, available=CRITICAL)
