"""A short story in which something of every kind happens."""

from cheqi.demo.classes import CLASSES, ORDERS
from cheqi.demo.day import Day, until, until_true
from cheqi.demo.hazards import HAZARDS, report
from cheqi.demo.person import accepted
from cheqi.demo.pictures import photo
from cheqi.demo.points import until_points
from cheqi.demo.staff import XUEYUANLU
from cheqi.demo.vouchers import LOOKUPS, OFFERS, REDEMPTIONS, VOUCHERS, issue
from tests.e2e.town import new_rider, sight, verify

FAR, FARTHER, FARTHEST = 91, 92, 93


def live_through(day: Day) -> None:
    """Report, merge, verify and reject; spend and redeem; learn; forget a rider."""
    first, second = new_rider(day), new_rider(day)
    share_award(day, first, second)
    reject_one(day, first)
    redeem_one(day, first)
    learn(day, new_rider(day, XUEYUANLU, name="何小满"))
    choose(day, first)
    forget(day, second)


def share_award(day: Day, first: str, second: str) -> None:
    """Let two riders report the same, staff join and verify it."""
    hazard, twin = (day[name].post(HAZARDS, sight(FAR).draft()) for name in (first, second))
    day["shuguang"].post(f"{HAZARDS}/{twin['hazard_id']}/mergers", {"into": hazard["hazard_id"]})
    verify(day, hazard, "critical")
    until_points(day, first, available=50)
    until_points(day, second, available=25)


def reject_one(day: Day, name: str) -> None:
    """Let staff reject a report."""
    hazard = day[name].post(HAZARDS, sight(FARTHER).draft())
    day["shuguang"].post(f"{HAZARDS}/{hazard['hazard_id']}/rejections", {"reason": "unclear"})
    until_points(day, name, available=50)


def redeem_one(day: Day, name: str) -> None:
    """Let the rider spend 50 points on laundry, and the laundry redeem the voucher."""
    offer = day["shuguang"].post(OFFERS, {"kind": "laundry", "title_zh": "洗衣", "title_en": "Laundry"})
    scan = {"code": issue(day, name, day[name].post(VOUCHERS, {"offer_id": offer["id"]}))}
    until_true("expected a redeemable voucher", lambda: day["laundry"].command(LOOKUPS, scan).is_success, bool)
    day["laundry"].post(REDEMPTIONS, scan)


def learn(day: Day, name: str) -> None:
    """Let the rider order a course, attend its class and get a certificate."""
    titles = {"title_zh": "急救", "title_en": "First aid", "certifies": True}
    course = day["xueyuanlu"].post("/api/training/courses", titles)
    class_id = day[name].post(ORDERS, {"course_id": course["id"]})["class_id"]
    path, rider_id = f"{CLASSES}/{class_id}", day[name].id
    day.wait_until(day.clock.now().fromisoformat(day[name].get(path)["starts_at"]))
    day["xueyuanlu"].post(f"{path}/attendance", {"present": [rider_id]})
    day["xueyuanlu"].post(f"{path}/completion", {"results": [{"rider_id": rider_id, "passed": True}]})
    until_points(day, name, available=10)


def choose(day: Day, name: str) -> None:
    """Let the rider mute a topic and report with a photo, and the district have one category more."""
    day[name].patch("/api/registration/riders/me", {"muted": ["hazards:inbox"]})
    report(day, name, sight(FARTHEST), photo(7, lat=40.0, lon=116.3))
    day["district"].post("/api/governance/categories", {"code": "ice", "title_zh": "结冰", "title_en": "Ice"})


def forget(day: Day, name: str) -> None:
    """Erase the rider and wait for every receipt."""
    path = f"/api/registration/riders/{day[name].id}/erasure"
    accepted(day[name].ask("DELETE", "/api/registration/riders/me"))
    until("the state of the erasure", lambda: day["district"].get(path)["state"], "complete")
