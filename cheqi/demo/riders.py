"""Riders sign up by phone and code, say what their data may be used for, and are seen by their own staff only."""

from dataclasses import dataclass
from typing import Any

from cheqi.demo.day import Day, Facts, Step, expect
from cheqi.demo.entrance import EN, ZH, enter_rider
from cheqi.demo.staff import QINGLONGQIAO, SHUGUANG, XUEYUANLU


@dataclass(frozen=True)
class Profile:
    """A rider of the day; nobody is meant by the name, and nothing is sent to the number."""

    name: str
    phone: str
    platform: str
    subdistrict: str
    language: str = ZH

    def draft(self) -> dict[str, Any]:
        """Return the sign-up form as the rider fills it in, consent by purpose."""
        consents = [{"purpose": purpose, "granted": True} for purpose in ("service", "photo", "precise-location")]
        refused = {"purpose": "sms-notices", "granted": False}
        return {
            "phone": self.phone,
            "platform": self.platform,
            "subdistrict": self.subdistrict,
            "language": self.language,
            "name": self.name,
            "consents": [*consents, refused],
        }


PROFILES = {
    "lin": Profile("林一舟", "19900000001", "meituan", QINGLONGQIAO),
    "chen": Profile("陈望远", "19900000002", "eleme", SHUGUANG, EN),
    "zhou": Profile("周大海", "19900000003", "eleme", XUEYUANLU),
    "learner-2": Profile("王有田", "19900000004", "meituan", XUEYUANLU),
    "learner-3": Profile("李小满", "19900000005", "meituan", XUEYUANLU),
    "learner-4": Profile("赵长河", "19900000006", "jd", XUEYUANLU),
    "learner-5": Profile("孙立秋", "19900000007", "sf", XUEYUANLU),
    "learner-6": Profile("吴新雨", "19900000008", "eleme", XUEYUANLU),
    "absent": Profile("郑晚归", "19900000009", "other", XUEYUANLU),
}
LEARNERS = ("zhou", "learner-2", "learner-3", "learner-4", "learner-5", "learner-6")


def sign_up_riders(day: Day) -> Facts:
    """Sign every rider up with the code that came by SMS."""
    for name, profile in PROFILES.items():
        answer = enter_rider(day, name, profile.draft())
        expect(f"{name} is new", answer["known"], wanted=False)
        expect(f"sub-district of {name}", answer["subdistrict"], profile.subdistrict)
    return {"count": len(PROFILES)}


def sign_up_again(day: Day) -> Facts:
    """Sign up with a phone that is known, in another sub-district: it is the same rider, unchanged."""
    day.pass_by(minutes=2)
    again = {**PROFILES["lin"].draft(), "subdistrict": SHUGUANG, "name": "林二舟"}
    answer = enter_rider(day, "lin", again)
    expect("the second sign-up is known", answer["known"], wanted=True)
    expect("the rider of the second sign-up", answer["rider_id"], day["lin"].id)
    expect("the sub-district after it", answer["subdistrict"], QINGLONGQIAO)
    return {}


def show_masked(day: Day) -> Facts:
    """Ask for a rider as three people see one: masked for the own staff, not at all elsewhere."""
    path = f"/api/registration/riders/{day['lin'].id}"
    seen = day["qinglongqiao"].get(path)
    expect("the phone on a staff screen", seen["phone"], "199****0001")
    expect("status for another sub-district", day["shuguang"].read(path).status_code, 404)
    expect("riders that Qinglongqiao lists", day["qinglongqiao"].get("/api/registration/riders")["total"], 1)
    expect("riders that the district lists", day["district"].get("/api/registration/riders")["total"], len(PROFILES))
    return {"phone": seen["phone"]}


STEPS = (
    Step(
        "{count} 名骑手用手机号和验证码登记，选平台、街道和语言，逐项授权",
        "{count} riders sign up by phone and code, with platform, sub-district, language and consent by purpose",
        sign_up_riders,
    ),
    Step("同一手机号再次登记，仍是同一名骑手", "A second sign-up with the same phone is the same rider", sign_up_again),
    Step(
        "街道只看得到本街道的骑手，手机号显示为 {phone}",
        "Staff see their own sub-district only, with the phone as {phone}",
        show_masked,
    ),
)
