"""A course that nobody ordered before (点单): a class from one order, attendance, certificates that anyone checks."""

from cheqi.demo.day import Day, Facts, Step, expect, until
from cheqi.demo.person import code_of
from cheqi.demo.points import until_points
from cheqi.demo.riders import LEARNERS

ORDERS, CLASSES = "/api/training/orders", "/api/training/classes"
CERTIFICATES = "/api/training/certificates"
TONIGHT = "2026-09-18T20:00:00+08:00"
VENUE = {"venue_zh": "学院路街道追梦小哥之家", "venue_en": "Dreamers' Home, Xueyuanlu"}
TITLES = {"title_zh": "直播带货", "title_en": "Selling by livestream", "certifies": True, "valid_days": 730}


def order_new_course(day: Day) -> Facts:
    """Order a course in the rider's own words; its class opens as soon as staff have given it a title."""
    day.at(10, 30)
    order = day["zhou"].post(ORDERS, {"wish": "想学直播带货，回去教爸妈卖菜"})
    expect("what the order waits for", (order["state"], order["class_id"]), ("waiting", None))
    answered = day["xueyuanlu"].post(f"{ORDERS}/{order['id']}/course", TITLES)
    day.made["course"], day.made["class"] = answered["course_id"], answered["class_id"]
    opened = day["zhou"].get(f"{CLASSES}/{day.made['class']}")
    expect("places taken when it opened", opened["taken"], 1)
    return {"title_zh": TITLES["title_zh"], "title_en": TITLES["title_en"]}


def join_class(day: Day) -> Facts:
    """Let six more riders order it; staff set the class for 20:00 tonight, and everybody is told."""
    for name in (*LEARNERS[1:], "absent"):
        joined = day[name].post(ORDERS, {"course_id": day.made["course"]})
        expect(f"the class of {name}", joined["class_id"], day.made["class"])
    path = f"{CLASSES}/{day.made['class']}"
    changed = day["xueyuanlu"].patch(path, {"starts_at": TONIGHT, **VENUE})
    expect("places taken", changed["taken"], len(LEARNERS) + 1)
    return {"count": changed["taken"], "time": "20:00"}


def attend_class(day: Day) -> Facts:
    """Check six learners in and confirm their attendance; nobody gets a certificate before that."""
    path = f"{CLASSES}/{day.made['class']}"
    ids = [day[name].id for name in LEARNERS]
    early = code_of(day["xueyuanlu"].refused(f"{path}/check-ins", {"rider_id": ids[0]}))
    day.at(19, 40)
    for rider_id in ids:
        day["xueyuanlu"].post(f"{path}/check-ins", {"rider_id": rider_id})
    wanted = {"class_id": day.made["class"], "rider_id": ids[0]}
    unconfirmed = code_of(day["xueyuanlu"].refused(CERTIFICATES, wanted))
    expect("why not yet", (early, unconfirmed), ("class-not-begun", "attendance-not-confirmed"))

    day.at(20, 10)
    day["xueyuanlu"].post(f"{path}/attendance", {"present": ids})
    for name in LEARNERS:
        until_points(day, name, available=10)
    until_points(day, "absent", available=0)
    return {"count": len(ids), "points": 10}


def complete_class(day: Day) -> Facts:
    """End the class: a certificate for each of the six, and none for who was absent."""
    day.at(21, 30)
    results = [{"rider_id": day[name].id, "passed": True} for name in LEARNERS]
    ended = day["xueyuanlu"].post(f"{CLASSES}/{day.made['class']}/completion", {"results": results})
    expect("certificates", len(ended["certificate_ids"]), len(LEARNERS))
    wanted = {"class_id": day.made["class"], "rider_id": day["absent"].id}
    refused = code_of(day["xueyuanlu"].refused(CERTIFICATES, wanted))
    expect("why none for who was absent", refused, "attendance-not-confirmed")
    return {"count": len(ended["certificate_ids"])}


def check_certificate(day: Day) -> Facts:
    """Check a certificate without sign-in, as a page and as JSON."""
    own = day["zhou"].get(f"{CERTIFICATES}/mine")["items"][0]
    day.made["certificate"], day.made["number"] = own["id"], own["number"]
    shown = day.http.get(f"/c/{own['number']}.json").json()
    expect("what anyone reads", (shown["state"], shown["holder"]), ("valid", "周大海"))
    page = day.http.get(f"/c/{own['number']}", headers={"Accept": "text/html"})
    expect("the page names the number", own["number"] in page.text, wanted=True)
    return {"number": own["number"]}


def revoke_certificate(day: Day) -> Facts:
    """Revoke another learner's certificate: its public answer says so at once."""
    own = day["learner-6"].get(f"{CERTIFICATES}/mine")["items"][0]
    path = f"{CERTIFICATES}/{own['id']}/revocations"
    day["xueyuanlu"].post(path, {"reason": "attendance-disproved"})
    shown = day.http.get(f"/c/{own['number']}.json").json()
    told = (shown["state"], shown["revocation_reason"])
    expect("what anyone reads at once", told, ("revoked", "attendance-disproved"))
    until(
        "certificates of the learner that hold",
        lambda: [one["state"] for one in day["learner-6"].get(f"{CERTIFICATES}/mine")["items"]],
        ["revoked"],
    )
    return {"number": own["number"]}


STEPS = (
    Step(
        "大周点单“{title_zh}”，此前没人点过：街道定名后一人也开班",
        "Zhou orders a course that nobody ordered before, {title_en}: one order opens the class",
        order_new_course,
    ),
    Step(
        "又有人点单，共 {count} 人；定于今晚 {time}", "Others order it: {count} places; tonight at {time}", join_class
    ),
)
EVENING = (
    Step(
        "学院路街道“追梦小哥之家”准时开课，{count} 人签到并确认出勤，每人 {points} 分",
        "The class begins with {count} learners; attendance is confirmed, {points} points each",
        attend_class,
    ),
    Step(
        "结课：{count} 人获得证书，缺勤的没有",
        "The class ends: {count} certificates, none for who was absent",
        complete_class,
    ),
    Step("证书 {number} 无需登录即可查验", "Anyone can check certificate {number} without sign-in", check_certificate),
    Step(
        "证书 {number} 被撤销，查验立即显示", "Certificate {number} is revoked, and says so at once", revoke_certificate
    ),
)
