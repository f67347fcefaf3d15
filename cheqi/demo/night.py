"""Midnight in Asia/Shanghai: a new day of reports, and a correction in the ledger."""

from cheqi.demo.day import Day, Facts, Step, expect
from cheqi.demo.hazards import HAZARDS, SHIJICHENG_EAST, Sight, report
from cheqi.demo.person import code_of
from cheqi.demo.points import until_points
from shared.geo import Point

REVERSALS = "/api/rewards/entries/{entry}/reversals"
SHIJICHENG = Point(39.9638, 116.2793)
NOTICED_AT_NIGHT = Sight("traffic-sign", "夜里看到标志牌歪了")


def pass_midnight(day: Day) -> Facts:
    """Report a minute before midnight in Shanghai and a minute after: only the second one earns."""
    day.at(23, 59)
    before = report(day, "lin", Sight("hanging-cable", "电缆垂到路面"))
    day.at(0, 1, day=19)
    after = report(day, "lin", NOTICED_AT_NIGHT)
    expect("which earn", (before["earns"], after["earns"]), (False, True))
    until_points(day, "lin", available=0, held=40)
    return {}


def earn_next_day(day: Day) -> Facts:
    """Let a second lot of points begin a day after the first."""
    day.at(9, day=19)
    cover = Sight("manhole", "Loose manhole cover", community=SHIJICHENG_EAST, point=SHIJICHENG)
    seen = report(day, "chen", cover)
    day["shuguang"].post(f"{HAZARDS}/{seen['hazard_id']}/verifications", {"severity": "medium"})
    until_points(day, "chen", available=25)
    return {"points": 10}


def correct_award(day: Day) -> Facts:
    """Take an award back by a reversing entry; one that was spent already is refused and says so."""
    day["qinglongqiao"].post(f"{HAZARDS}/{day.made['manhole']}/verifications", {"severity": "low"})
    until_points(day, "lin", available=5, held=30)
    newest = day["lin"].get("/api/rewards/riders/me/statement")["entries"]["items"]
    award = next(one for one in newest if one["kind"] == "award" and one["cause_id"] == day.made["manhole"])
    why = {"reason": "issued-in-error"}
    reversal = day["district"].post(REVERSALS.format(entry=award["id"]), why)
    expect("points of the reversing entry", reversal["points"], -5)
    until_points(day, "lin", available=0, held=30)

    again = code_of(day["district"].refused(REVERSALS.format(entry=award["id"]), why))
    spent = code_of(day["district"].refused(REVERSALS.format(entry=day.made["award"]), why))
    expect("why not twice, and not what was spent", (again, spent), ("entry-reversed", "points-partly-used"))
    return {"points": 5}


STEPS = (
    Step(
        "北京时间零点前一分钟上报不计分，零点后一分钟又计分",
        "A report a minute before midnight in Shanghai earns nothing, one a minute after earns again",
        pass_midnight,
    ),
    Step(
        "次日小陈在世纪城上报井盖松动，核实后得 {points} 分，成为新的一批积分",
        "The next day Chen earns a second lot of {points} points for a loose manhole cover",
        earn_next_day,
    ),
    Step(
        "误发的 {points} 分用冲销分录更正；不能冲销两次，已花掉的也不能悄悄冲销",
        "{points} points issued in error are corrected by a reversing entry; not twice, and not what was spent already",
        correct_award,
    ),
)
