"""What riders are told, and in which language."""

from sqlalchemy import select

from cheqi.demo.day import Day, until
from cheqi.demo.hazards import HAZARDS
from cheqi.demo.inbox import notices_of, until_notices
from services.notify.models import Preference
from tests.e2e.town import new_rider, sight, verify


def told(day: Day, name: str) -> dict[str, str]:
    """Return the language of each title in an inbox."""
    return {notice["title"]: notice["language"] for notice in notices_of(day, name)}


def language_of(day: Day, rider_id: str) -> str:
    """Return the language in which notify would tell a rider something now."""
    with day.house.nodes["notify"].snapshot() as session:
        return str(session.scalar(select(Preference.language).where(Preference.person_id == rider_id)))


def test_each_rider_is_told_in_the_language_of_their_choice(day: Day) -> None:
    chinese, english = new_rider(day, language="zh-CN"), new_rider(day, language="en")

    for nth, name in enumerate((chinese, english)):
        verify(day, day[name].post(HAZARDS, sight(nth).draft()), "medium")

    until_notices(day, chinese, frozenset({"欢迎加入车骑", "隐患已收到", "隐患属实", "积分入账"}))
    until_notices(day, english, frozenset({"Welcome to Cheqi", "Report received", "Report verified", "Points awarded"}))
    assert set(told(day, chinese).values()) == {"zh-CN"}
    assert set(told(day, english).values()) == {"en"}


def test_a_changed_language_holds_for_what_comes_and_leaves_what_was_told(day: Day) -> None:
    rider = new_rider(day, language="zh-CN")
    until_notices(day, rider, frozenset({"欢迎加入车骑"}))

    day[rider].patch("/api/registration/riders/me", {"language": "en"})
    until("the language that notify knows", lambda: language_of(day, day[rider].id), "en")
    day[rider].post(HAZARDS, sight(2).draft())

    until_notices(day, rider, frozenset({"Report received"}))
    assert told(day, rider)["欢迎加入车骑"] == "zh-CN"


def test_nobody_reads_what_another_rider_was_told(day: Day) -> None:
    mine, other = new_rider(day), new_rider(day)
    until_notices(day, mine, frozenset({"欢迎加入车骑"}))
    notice = notices_of(day, mine)[0]

    marked = day[other].command(f"/api/notify/notices/{notice['id']}/read")

    assert marked.status_code == 404
    assert notice["id"] not in {one["id"] for one in notices_of(day, other)}
