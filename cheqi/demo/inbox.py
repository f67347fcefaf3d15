"""Everything that a person should hear of is in the person's inbox, in the person's language."""

from cheqi.demo.classes import TITLES
from cheqi.demo.day import Day, Facts, Step, expect, until_true

NOTICES = "/api/notify/notices"
ALL = 200
FOR_LIN = frozenset(
    {
        "欢迎加入车骑",
        "隐患已收到",
        "隐患属实",
        "隐患未通过",
        "积分入账",
        "积分更正",
        "兑换券已发放",
        "兑换券已使用",
        "核销已撤回",
    }
)
FOR_CHEN = frozenset({"Welcome to Cheqi", "Report received", "Reports joined", "Points awarded", "Voucher issued"})
FOR_ZHOU = frozenset(
    {
        "点单已收到",
        f"开班了：{TITLES['title_zh']}",
        f"班级有变：{TITLES['title_zh']}",
        f"证书已签发：{TITLES['title_zh']}",
        "兑换券已作废",
    }
)


def read_inboxes(day: Day) -> Facts:
    """Read three inboxes: each holds what its owner should know, in the owner's language only."""
    for name, titles, language in (
        ("lin", FOR_LIN, "zh-CN"),
        ("chen", FOR_CHEN, "en"),
        ("zhou", FOR_ZHOU, "zh-CN"),
        ("learner-6", frozenset({"证书已撤销"}), "zh-CN"),
    ):
        until_notices(day, name, titles)
        languages = {notice["language"] for notice in notices_of(day, name)}
        expect(f"languages of {name}", languages, {language})
    return {"zh": len(notices_of(day, "lin")), "en": len(notices_of(day, "chen"))}


def mark_as_read(day: Day) -> Facts:
    """Read one notice: one fewer is unread."""
    unread = day["chen"].get(f"{NOTICES}/unread-count")["unread"]
    day["chen"].post(f"{NOTICES}/{notices_of(day, 'chen')[0]['id']}/read")
    expect("unread notices", day["chen"].get(f"{NOTICES}/unread-count")["unread"], unread - 1)
    return {"unread": unread - 1}


def until_notices(day: Day, name: str, titles: frozenset[str]) -> None:
    """Wait until an inbox holds notices with these titles; raises StepFailedError."""
    until_true(
        f"expected {name} to be told {sorted(titles)}",
        lambda: sorted({notice["title"] for notice in notices_of(day, name)}),
        titles.issubset,
    )


def notices_of(day: Day, name: str) -> list[dict[str, str]]:
    """Return a person's notices, newest first."""
    return list(day[name].get(NOTICES, limit=ALL)["items"])


STEPS = (
    Step(
        "站内通知：小林 {zh} 条中文，小陈 {en} 条英文，各按所选语言",
        "Inboxes: {zh} notices for Lin in Chinese, {en} for Chen in English, as each chose",
        read_inboxes,
    ),
    Step("小陈读了一条，还有 {unread} 条未读", "Chen reads one; {unread} are unread", mark_as_read),
)
