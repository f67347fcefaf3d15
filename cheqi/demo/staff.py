"""The morning: the real places, the first administrator, staff of the sub-districts, and two partners."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cheqi.demo.day import Day, Facts, Step, expect
from cheqi.demo.entrance import enter_account, enter_staff, new_password
from cheqi.demo.person import StepFailedError
from services.registration.service import open_ports
from shared.errors import ConfigurationError
from shared.events.envelope import DISTRICT
from shared.secret_files import SecretFolder

PLACES = "/api/registration/places/subdistricts"
BALIZHUANG, XUEYUANLU, QINGLONGQIAO, SHUGUANG = "110108005", "110108010", "110108013", "110108025"
SUBDISTRICTS = 29
COMMUNITIES = 678
OFFICES = {
    "balizhuang": BALIZHUANG,
    "xueyuanlu": XUEYUANLU,
    "qinglongqiao": QINGLONGQIAO,
    "shuguang": SHUGUANG,
}


@dataclass(frozen=True)
class Shop:
    """A partner who takes vouchers."""

    kind: str
    title_zh: str
    title_en: str


SHOPS: Mapping[str, Shop] = {
    "laundry": Shop("laundry", "曙光洗衣店", "Shuguang Laundry"),
    "barber": Shop("haircut", "世纪城理发店", "Shijicheng Barber"),
}


def count_places(day: Day) -> Facts:
    """Count the sub-districts, and their communities one by one."""
    subdistricts = day.http.get(PLACES).json()
    communities = [day.http.get(f"{PLACES}/{place['code']}/communities").json() for place in subdistricts]
    count = sum(map(len, communities))
    expect("sub-districts", len(subdistricts), SUBDISTRICTS)
    expect("communities", count, COMMUNITIES)
    return {"subdistricts": len(subdistricts), "communities": count}


def refuse_without_sms(day: Day) -> Facts:
    """Try to open registration where no SMS adapter was chosen."""
    with TemporaryDirectory(prefix="cheqi-") as folder:
        try:
            open_ports(Path(folder), SecretFolder(Path(folder)), None, day.clock, day.house.random)
        except ConfigurationError as error:
            return {"reason": str(error).partition(". ")[0]}
    message = "expected registration to refuse to start without an SMS adapter, it started"
    raise StepFailedError(message)


def make_administrator(day: Day) -> Facts:
    """Make the first administrator as the command line does, with a password of its own, and sign in."""
    password = new_password()
    totp_uri = day.create_administrator("admin", password)
    enter_account(day, "admin", "admin", password, totp_uri)
    expect("offices", day["admin"].get("/api/registration/staff")["total"], 1)
    return {"login": "admin"}


def appoint_staff(day: Day) -> Facts:
    """Appoint district staff, and staff of four sub-districts; each accepts the invitation."""
    appoint_district_staff(day)
    for name in OFFICES:
        appoint(day, name)
    return {"count": len(OFFICES)}


def appoint_district_staff(day: Day) -> None:
    """Appoint somebody who serves the whole district."""
    _appoint(day, "district", {"role": "district-staff", "subdistrict": DISTRICT})


def appoint(day: Day, name: str) -> None:
    """Appoint staff of one sub-district."""
    _appoint(day, name, {"role": "subdistrict-staff", "subdistrict": OFFICES[name]})


def take_in_partners(day: Day) -> Facts:
    """Take in a laundry and a barber."""
    for name in SHOPS:
        take_in(day, name)
    return {}


def take_in(day: Day, name: str) -> None:
    """Take in one partner, who accepts the invitation."""
    shop = SHOPS[name]
    draft = {"kind": shop.kind, "title_zh": shop.title_zh, "title_en": shop.title_en}
    place = {"subdistrict": SHUGUANG, "login": f"shop-{name}"}
    invited = day["district"].post("/api/registration/partners", {**draft, **place})
    partner = enter_staff(day, name, invited["invitation"])
    partner.id = invited["id"]
    expect("partner", partner.get(f"/api/registration/partners/{partner.id}")["title_zh"], shop.title_zh)


def _appoint(day: Day, name: str, office: dict[str, str]) -> None:
    invited = day["admin"].post("/api/registration/staff", {"login": f"staff-{name}", **office})
    enter_staff(day, name, invited["invitation"])
    seen = {one["subdistrict"] for one in day[name].get("/api/registration/staff")["items"]}
    expect(f"the office of {name} is listed", office["subdistrict"] in seen, wanted=True)


STEPS = (
    Step(
        "{subdistricts} 个街镇、{communities} 个社区都在",
        "All {subdistricts} sub-districts and their {communities} communities are there",
        count_places,
    ),
    Step("未选定短信通道时，登记服务拒绝启动", "Without a chosen SMS adapter: {reason}", refuse_without_sms),
    Step(
        "命令行设立首位管理员，自设密码并用动态口令登录",
        "The first administrator comes from the command line, with a password and an authenticator",
        make_administrator,
    ),
    Step(
        "任命区级人员，以及青龙桥、曙光、八里庄、学院路 {count} 个街道的工作人员",
        "District staff, and staff of {count} sub-districts, accept their invitations",
        appoint_staff,
    ),
    Step("曙光洗衣店、世纪城理发店成为合作商户", "A laundry and a barber become partners", take_in_partners),
)
