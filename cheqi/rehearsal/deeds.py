"""What people do in a rehearsal, at random: report, decide, spend, redeem, order."""

from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

from cheqi.rehearsal.people import Voice, staff_of
from services.governance.categories.rules import FIRST_CATEGORIES
from services.governance.decisions.rules import Reason, Severity
from shared.auth import Principal, Role
from shared.places import communities_of

PLATFORMS = ("meituan", "eleme")
KIND, SUBDISTRICT = "laundry", "110108005"
CONSENTS = [{"purpose": "service", "granted": True}]
REPORT_CHANCE, SPEND_CHANCE, REDEEM_CHANCE, ORDER_CHANCE = 0.4, 0.5, 0.9, 0.05
VERIFIED_SHARE, REJECTED_SHARE = 0.7, 0.2


@dataclass(frozen=True)
class Fair:
    """What riders may spend points on, at which partner, and what they may learn."""

    offer_id: str
    partner: Principal
    course_id: str


def open_fair(voice: Voice, administrator: Principal) -> Fair:
    """Put an offer and a course up, and take a partner in."""
    titles = {"title_zh": "演练", "title_en": "Rehearsal"}
    offer = voice.must(administrator, "rewards/offers", {"kind": KIND, "points": 25, **titles})
    course = voice.must(administrator, "training/courses", titles)
    shop = {"kind": KIND, "subdistrict": SUBDISTRICT, "login": f"rehearsal-{uuid4().hex[:12]}", **titles}
    partner_id = str(voice.must(administrator, "registration/partners", shop)["id"])
    partner = Principal(f"rehearsal-{partner_id}", Role.PARTNER_STAFF, SUBDISTRICT, partner=partner_id)
    return Fair(offer["id"], partner, course["id"])


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
        _take_voucher(voice, rider, fair, redeems=random.random() < REDEEM_CHANCE)
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


def _take_voucher(voice: Voice, rider: Principal, fair: Fair, *, redeems: bool) -> None:
    reserved = voice.give(rider, "rewards/vouchers", {"offer_id": fair.offer_id})
    if reserved.problem:
        return
    voucher = f"rewards/vouchers/{reserved.body['id']}"
    voice.give(rider, f"{voucher}/issue")
    if redeems:
        voice.give(fair.partner, "rewards/redemptions", {"code": voice.read(rider, voucher)["code"]})
