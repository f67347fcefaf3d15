"""Points become vouchers: reserved, issued, looked up, redeemed, undone, and refused with the reason."""

from collections.abc import Mapping
from typing import Any

from cheqi.demo.day import Day, Facts, Step, expect, until_true
from cheqi.demo.person import Answer, code_of
from cheqi.demo.points import until_points

VOUCHERS, OFFERS = "/api/rewards/vouchers", "/api/rewards/offers"
LOOKUPS, REDEMPTIONS = "/api/rewards/voucher-lookups", "/api/rewards/redemptions"
LAUNDRY, HAIRCUT, ONE_PIECE = 50, 80, 10
WANTED: Mapping[str, Mapping[str, Any]] = {
    "laundry": {"kind": "laundry", "title_zh": "志愿服务券·洗衣", "title_en": "Laundry"},
    "haircut": {"kind": "haircut", "title_zh": "志愿服务券·理发", "title_en": "Haircut"},
}
BELOW_MINIMUM = {"kind": "laundry", "title_zh": "志愿服务券·洗一件", "title_en": "One piece", "points": ONE_PIECE}


def make_offers(day: Day) -> Facts:
    """Let the sub-district offer laundry and haircuts for points, and the district open them to all its riders."""
    day.at(14)
    for name, draft in WANTED.items():
        offer = day["shuguang"].post(OFFERS, draft)
        day.made[name] = offer["id"]
    expect("why", code_of(day["lin"].refused(VOUCHERS, {"offer_id": day.made["laundry"]})), "offer-elsewhere")
    for name in WANTED:
        day["district"].patch(f"{OFFERS}/{day.made[name]}", {"district_wide": True})
    expect("why", code_of(day["shuguang"].refused(OFFERS, BELOW_MINIMUM)), "offer-price-too-low")
    day.made["one piece"] = day["district"].post(OFFERS, BELOW_MINIMUM)["id"]
    shown = {one["title_en"]: one["points"] for one in day["lin"].get(OFFERS)["items"]}
    expect("offers", shown, {"Laundry": LAUNDRY, "Haircut": HAIRCUT, "One piece": ONE_PIECE})
    return {"laundry": LAUNDRY, "haircut": HAIRCUT}


def refuse_overdraft(day: Day) -> Facts:
    """Ask for more than there is: refused, and nothing is reserved."""
    problem = day["lin"].refused(VOUCHERS, {"offer_id": day.made["haircut"]})
    expect("why", code_of(problem), "points-short")
    until_points(day, "lin", available=LAUNDRY, held=30)
    return {"needed": problem["needed"], "available": problem["available"]}


def buy_voucher(day: Day) -> Facts:
    """Reserve the points and have the voucher issued; its code is the rider's alone."""
    voucher = day["lin"].post(VOUCHERS, {"offer_id": day.made["laundry"]})
    until_points(day, "lin", available=0, held=30, reserved=LAUNDRY)
    day.made["voucher"] = voucher["id"]
    day.made["code"] = issue(day, "lin", voucher)
    until_points(day, "lin", available=0, held=30)
    expect("status for another rider", day["chen"].read(f"{VOUCHERS}/{voucher['id']}").status_code, 404)
    return {"points": LAUNDRY}


def redeem_voucher(day: Day) -> Facts:
    """Scan, look, confirm, undo within a minute, confirm again; undoing is refused after the minute."""
    scan = {"code": day.made["code"]}
    seen = until_true(
        "expected a voucher that the laundry may take",
        lambda: day["laundry"].command(LOOKUPS, scan).json(),
        lambda answer: answer.get("redeemable") is True,
    )
    expect("what the partner sees", (seen["title_en"], "rider_id" in seen), ("Laundry", False))
    first = day["laundry"].post(REDEMPTIONS, scan)
    day.pass_by(seconds=30)
    day["laundry"].post(f"{REDEMPTIONS}/{first['id']}/undo")
    second = day["laundry"].post(REDEMPTIONS, scan)
    day.pass_by(seconds=61)
    late = code_of(day["laundry"].refused(f"{REDEMPTIONS}/{second['id']}/undo"))
    expect("why it cannot be undone any more", late, "undo-too-late")
    return {"seconds": 60}


def refuse_redemptions(day: Day) -> Facts:
    """Redeem what was redeemed, at the wrong partner, and a code that there is not."""
    scan = {"code": day.made["code"]}
    problem = day["laundry"].refused(REDEMPTIONS, scan)
    expect("why not a second time", code_of(problem), "voucher-redeemed")
    elsewhere = code_of(day["barber"].refused(REDEMPTIONS, scan))
    expect("why not at the barber's", elsewhere, "voucher-of-another-kind")
    unknown = code_of(day["laundry"].refused(REDEMPTIONS, {"code": "0000000000"}))
    expect("why not an invented code", unknown, "voucher-code-unknown")
    return {}


def keep_for_later(day: Day) -> Facts:
    """Buy a voucher that will be left to expire."""
    day.made["forgotten code"] = issue(day, "chen", day["chen"].post(VOUCHERS, {"offer_id": day.made["one piece"]}))
    until_points(day, "chen", available=15)
    return {"points": ONE_PIECE}


def void_voucher(day: Day) -> Facts:
    """Void a voucher: its points go back, and it is refused as void."""
    voucher = day["zhou"].post(VOUCHERS, {"offer_id": day.made["one piece"]})
    code = issue(day, "zhou", voucher)
    until_points(day, "zhou", available=0)
    voided = day["xueyuanlu"].post(f"{VOUCHERS}/{voucher['id']}/voidings", {"reason": "issued-in-error"})
    expect("points returned", voided["points_returned"], ONE_PIECE)
    until_points(day, "zhou", available=ONE_PIECE)
    expect("why not", code_of(day["laundry"].refused(REDEMPTIONS, {"code": code})), "voucher-void")
    return {"points": ONE_PIECE}


def issue(day: Day, name: str, voucher: Answer) -> str:
    """Have a reserved voucher issued and return its code, as its rider reads it."""
    day[name].post(f"{VOUCHERS}/{voucher['id']}/issue")
    return str(day[name].get(f"{VOUCHERS}/{voucher['id']}")["code"])


STEPS = (
    Step(
        "曙光街道上架志愿服务券：洗衣 {laundry} 分、理发 {haircut} 分；区里向全区骑手开放",
        "Shuguang offers vouchers: laundry for {laundry} points, a haircut for {haircut}; the district opens both",
        make_offers,
    ),
    Step(
        "小林想换理发券：需要 {needed} 分，只有 {available} 分，不能透支",
        "Lin wants a haircut: {needed} points are needed, {available} are there, an overdraft is refused",
        refuse_overdraft,
    ),
    Step(
        "小林换洗衣券：先预留、再发券，花掉 {points} 分",
        "Lin takes the laundry voucher: reserved, then issued, for {points} points",
        buy_voucher,
    ),
    Step(
        "洗衣店扫码、查看、核销，{seconds} 秒内可以撤回，过时不行",
        "The laundry scans, sees what it is, confirms, may undo within {seconds} seconds, and not later",
        redeem_voucher,
    ),
    Step(
        "第二次核销、别家核销、编造的券码都被拒绝并说明原因",
        "A second redemption, another shop and an invented code are refused with the reason",
        refuse_redemptions,
    ),
    Step(
        "小陈换了一张 {points} 分的券，留着没用",
        "Chen takes a voucher for {points} points and leaves it",
        keep_for_later,
    ),
)
EVENING = (
    Step(
        "大周的券被作废：{points} 分退回，作废的券不能核销",
        "A voucher of Zhou's is voided: {points} points go back, and it is refused as void",
        void_voucher,
    ),
)
