"""What riders and staff do in a rehearsal, at random: report, decide, spend, order."""

from dataclasses import dataclass
from random import Random
from typing import Any

from cheqi.rehearsal.people import Voice, staff_of
from services.governance.categories.rules import FIRST_CATEGORIES
from services.governance.decisions.rules import Reason, Severity
from shared.auth import Principal, Role
from shared.places import communities_of

PLATFORMS = ("meituan", "eleme")
CONSENTS = [{"purpose": "service", "granted": True}]
REPORT_CHANCE, SPEND_CHANCE, ORDER_CHANCE = 0.4, 0.2, 0.05
VERIFIED_SHARE, REJECTED_SHARE = 0.7, 0.2


@dataclass(frozen=True)
class Fair:
    """What riders may spend points on and learn."""

    offer_id: str
    course_id: str


def open_fair(voice: Voice, administrator: Principal) -> Fair:
    """Put an offer and a course up."""
    titles = {"title_zh": "演练", "title_en": "Rehearsal"}
    offer = voice.must(administrator, "rewards/offers", {"kind": "laundry", "points": 50, **titles})
    course = voice.must(administrator, "training/courses", titles)
    return Fair(offer["id"], course["id"])


def register(voice: Voice, subdistrict: str, phone: str, random: Random) -> Principal:
    """Let the staff of a sub-district register a rider."""
    platform, language = random.choice(PLATFORMS), random.choice(("zh-CN", "en"))
    draft = {"phone": phone, "platform": platform, "subdistrict": subdistrict, "language": language}
    made = voice.must(staff_of(subdistrict), "registration/riders/registrations", {**draft, "consents": CONSENTS})
    return Principal(made["rider_id"], Role.RIDER, subdistrict)


def spend_day(voice: Voice, rider: Principal, fair: Fair, random: Random) -> None:
    """Let one rider have a day."""
    if random.random() < REPORT_CHANCE:
        _report(voice, rider, random)
    if random.random() < SPEND_CHANCE:
        _take_voucher(voice, rider, fair)
    if random.random() < ORDER_CHANCE:
        voice.give(rider, "training/orders", {"course_id": fair.course_id})


def _report(voice: Voice, rider: Principal, random: Random) -> None:
    """Report a hazard, which staff mostly verify."""
    subdistrict = rider.subdistrict or ""
    point = {"lat": random.uniform(39.90, 40.05), "lon": random.uniform(116.20, 116.38), "datum": "WGS-84"}
    place = {"community": random.choice(communities_of(subdistrict)).code, "point": point}
    kind = random.choice(FIRST_CATEGORIES).code
    answer = voice.give(rider, "governance/hazards", {"category": kind, "words": "演练", **place})
    chance, decision = random.random(), f"governance/hazards/{answer.body.get('hazard_id')}"
    if answer.problem or chance > VERIFIED_SHARE + REJECTED_SHARE:
        return
    body: dict[str, Any] = {"severity": random.choice(list(Severity))}
    if chance < VERIFIED_SHARE:
        voice.give(staff_of(subdistrict), f"{decision}/verifications", body)
    else:
        voice.give(staff_of(subdistrict), f"{decision}/rejections", {"reason": random.choice(list(Reason))})


def _take_voucher(voice: Voice, rider: Principal, fair: Fair) -> None:
    reserved = voice.give(rider, "rewards/vouchers", {"offer_id": fair.offer_id})
    if not reserved.problem:
        voice.give(rider, f"rewards/vouchers/{reserved.body['id']}/issue")
