"""Reports of hazards (随手拍): held, suggested, merged, verified, rejected, and limited to five a day."""

from dataclasses import dataclass
from typing import Any

from cheqi.demo import pictures
from cheqi.demo.day import Day, Facts, Step, expect
from cheqi.demo.person import Answer, accepted, code_of, problem_of
from cheqi.demo.points import until_points
from shared.geo import Datum, Point, to_gcj02

PHOTOS, HAZARDS = "/api/governance/photos", "/api/governance/hazards"
FUYUANMEN, SHIJICHENG_EAST = "110108013005", "110108025002"
BIKE_PARK = Point(40.0092, 116.2861)
NEXT_TO_IT = Point(BIKE_PARK.lat + 20 / 111_195, BIKE_PARK.lon)
MAKER = "Trial Phone"


@dataclass(frozen=True)
class Sight:
    """What a rider saw and where, as the rider's phone states it."""

    category: str
    words: str
    community: str = FUYUANMEN
    point: Point = BIKE_PARK
    datum: Datum = Datum.WGS84

    def draft(self, photo_id: str | None = None) -> dict[str, Any]:
        """Return the report as it is sent."""
        lat, lon = (self.point.lat, self.point.lon) if self.datum is Datum.WGS84 else to_gcj02(self.point)
        point = {"lat": lat, "lon": lon, "datum": self.datum.value, "accuracy_m": 8}
        draft = {"category": self.category, "words": self.words, "community": self.community, "point": point}
        return draft if photo_id is None else {**draft, "photo_id": photo_id}


BIKES = Sight("e-bike-charging", "停车场里电动车电池鼓包、冒烟，旁边还停着上千辆车")
BIKES_AGAIN = Sight("e-bike-charging", "Smoke from an e-bike battery", point=NEXT_TO_IT, datum=Datum.GCJ02)


def report(day: Day, name: str, sight: Sight, photo: bytes | None = None) -> Answer:
    """Send a report, its photo first, and return what it was answered."""
    photo_id = None if photo is None else accepted(day[name].upload(PHOTOS, photo)).json()["photo_id"]
    return dict(day[name].post(HAZARDS, sight.draft(photo_id)))


def report_with_photo(day: Day) -> Facts:
    """Report smoke in the e-bike park with a photo that carries its place; what staff get carries nothing."""
    day.at(9, 30)
    photo = pictures.photo(1, lat=BIKE_PARK.lat, lon=BIKE_PARK.lon, maker=MAKER)
    expect("the photo that is sent carries its place", pictures.has_metadata(photo), wanted=True)
    answer = report(day, "lin", BIKES, photo)
    day.made["bikes"] = answer["hazard_id"]
    expect("the report earns", answer["earns"], wanted=True)
    until_points(day, "lin", available=0, held=10)

    path = f"{HAZARDS}/{answer['hazard_id']}"
    seen = accepted(day["qinglongqiao"].read(f"{path}/photo")).content
    expect("the photo that staff get carries metadata", pictures.has_metadata(seen), wanted=False)
    expect("status for another sub-district", day["shuguang"].read(path).status_code, 404)
    return {"points": 10}


def keep_photos_sealed(day: Day) -> Facts:
    """Look into the photo folder: no file there is a picture, or names the phone that took it."""
    files = [path for path in day.house.assembly.folder_of("governance").photos.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in files]
    expect("photos are kept", bool(files), wanted=True)
    readable = [
        path.name
        for path, content in zip(files, contents, strict=True)
        if b"JFIF" in content or MAKER.encode() in content
    ]
    expect("files that can be read as pictures", readable, [])
    return {"count": len(files)}


def report_again(day: Day) -> Facts:
    """Report the same thing 20 m away, three minutes later, with the first one's photo as a messenger passes it on."""
    day.pass_by(minutes=3)
    photo = pictures.recompressed(pictures.photo(1, lat=BIKE_PARK.lat, lon=BIKE_PARK.lon, maker=MAKER))
    answer = report(day, "chen", BIKES_AGAIN, photo)
    day.made["bikes again"] = answer["hazard_id"]
    expect("the report that carries the same photo", answer["same_photo_as"], day.made["bikes"])
    suggested = [(one["hazard_id"], one["distance_m"], one["minutes_ago"]) for one in answer["similar"]]
    expect("what is suggested", suggested, [(day.made["bikes"], 20, 3)])
    until_points(day, "chen", available=0, held=10)
    return {"distance": 20, "minutes": 3}


def merge_reports(day: Day) -> Facts:
    """Let staff of the sub-district join the two reports; those of another one cannot."""
    day.at(9, 45)
    path, into = f"{HAZARDS}/{day.made['bikes again']}/mergers", {"into": day.made["bikes"]}
    expect("status for another sub-district", day["balizhuang"].command(path, into).status_code, 404)
    day["qinglongqiao"].post(path, into)
    shown = day["chen"].get(f"{HAZARDS}/{day.made['bikes again']}")
    expect("what the second rider sees", (shown["state"], shown["merged_into"]), ("merged", day.made["bikes"]))
    return {}


def verify_report(day: Day) -> Facts:
    """Verify the surviving report twice: the award is posted once, and the second rider gets half of it."""
    path = f"{HAZARDS}/{day.made['bikes']}/verifications"
    day["qinglongqiao"].post(path, {"severity": "critical"})
    until_points(day, "lin", available=50)
    until_points(day, "chen", available=25)
    day["qinglongqiao"].post(path, {"severity": "critical"})
    other = day["qinglongqiao"].command(path, {"severity": "low"})
    expect("status of another severity", other.status_code, 409)
    awards = [
        one for one in day["lin"].get("/api/rewards/riders/me/statement")["entries"]["items"] if one["kind"] == "award"
    ]
    expect("awards", [one["available"] for one in awards], [50])
    day.made["award"] = awards[0]["id"]
    return {"first": 50, "second": 25}


def reject_report(day: Day) -> Facts:
    """Reject a report with a reason: what was held for it is released."""
    day.at(10)
    waste = Sight("waste", "路口堆了建筑垃圾")
    answer = report(day, "lin", waste, pictures.photo(2, lat=BIKE_PARK.lat, lon=BIKE_PARK.lon))
    until_points(day, "lin", available=50, held=10)
    day["qinglongqiao"].post(f"{HAZARDS}/{answer['hazard_id']}/rejections", {"reason": "not-found"})
    until_points(day, "lin", available=50)
    shown = day["lin"].get(f"{HAZARDS}/{answer['hazard_id']}")
    expect("what the rider sees", (shown["state"], shown["reason"]), ("rejected", "not-found"))
    return {"reason": "not-found"}


def refuse_bad_input(day: Day) -> Facts:
    """Send what is wrong: each refusal has a problem of its own, and nothing is held."""
    no_datum = BIKES.draft()
    del no_datum["point"]["datum"]
    swapped = BIKES.draft()
    swapped["point"].update(lat=BIKE_PARK.lon, lon=BIKE_PARK.lat)
    far = BIKES.draft()
    far["point"].update(lat=31.2, lon=121.5)
    problems = [
        problem_of(day["lin"].upload(PHOTOS, b"<html>no picture</html>")),
        *(day["lin"].refused(HAZARDS, draft) for draft in (no_datum, swapped, far)),
        day["lin"].refused(HAZARDS, {**BIKES.draft(), "category": "dragons"}),
        day["lin"].refused(HAZARDS, {**BIKES.draft(), "community": "110108999999"}),
    ]
    told = [bool(problem.get("title") and problem.get("detail") and code_of(problem)) for problem in problems]
    expect("refusals that say what and why", told, [True] * len(problems))
    until_points(day, "lin", available=50)
    return {"count": len(problems)}


def reach_daily_limit(day: Day) -> Facts:
    """Report until five of the day earn; the sixth is accepted, says that it earns nothing, and earns nothing."""
    places = ("manhole", "lighting", "road-damage", "flooding")
    answers = [report(day, "lin", Sight(category, "骑行时看到")) for category in places]
    day.made["manhole"] = answers[0]["hazard_id"]
    expect("which earn", [one["earns"] for one in answers], [True, True, True, False])
    expect("why the last does not", answers[-1]["no_award"], "daily-limit")
    until_points(day, "lin", available=50, held=30)
    return {"limit": answers[-1]["earning_reports_max"], "note": answers[-1]["note"]}


STEPS = (
    Step(
        "小林在福缘门社区电动车停车场随手拍：照片已去除位置等信息，预留 {points} 分",
        "Lin reports smoke in the e-bike park of Fuyuanmen: the photo loses its metadata, {points} points are held",
        report_with_photo,
    ),
    Step("照片加密存放在数据库之外", "The photo is kept sealed, outside the database", keep_photos_sealed),
    Step(
        "{minutes} 分钟后小陈在 {distance} 米外上报同一件事：系统提示已有上报，压缩过的照片也认得出",
        "{minutes} minutes later Chen reports the same {distance} m away: the first report is suggested, and the photo "
        "recognised although it was recompressed",
        report_again,
    ),
    Step("街道把两条上报合并", "Staff join the two reports", merge_reports),
    Step(
        "街道核实为“危急”：小林得 {first} 分，小陈得 {second} 分；重复核实不重复加分",
        "Staff verify it as critical: {first} points for Lin, {second} for Chen; verified twice, awarded once",
        verify_report,
    ),
    Step(
        "另一条上报不属实：预留积分解除，原因代码 {reason}",
        "Another report is rejected: what was held is released, reason {reason}",
        reject_report,
    ),
    Step(
        "{count} 种错误输入都得到清楚的说明，不留痕迹",
        "{count} kinds of bad input get a clear answer, and leave nothing behind",
        refuse_bad_input,
    ),
    Step(
        "每天前 {limit} 条计分；超出的照收，并说明：{note}",
        "{limit} reports a day earn; one above is accepted, says so, and earns nothing",
        reach_daily_limit,
    ),
)
