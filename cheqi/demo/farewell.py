"""A rider leaves and is forgotten everywhere."""

from pathlib import Path
from typing import Any

from cheqi.demo.day import Day, Facts, Step, expect, until
from cheqi.demo.hazards import BIKES_AGAIN, HAZARDS
from cheqi.demo.person import accepted
from cheqi.demo.riders import PROFILES

ME = "/api/registration/riders/me"
ANSWERING = ("governance", "notify", "rewards", "training")


def erase_rider(day: Day) -> Facts:
    """Erase a rider: every service answers with a receipt, and words, photo and points are gone."""
    rider_id, photos = day["chen"].id, len(photo_files(day))
    accepted(day["chen"].ask("DELETE", ME))
    until("services that have forgotten the rider", lambda: _receipts(day, rider_id), {"complete": list(ANSWERING)})

    report = day["qinglongqiao"].get(f"{HAZARDS}/{day.made['bikes again']}")
    expect("words and place of the report", (report["words"], report["point"]), (None, None))
    until("photo files", lambda: len(photo_files(day)), photos - 1)
    return {"services": len(ANSWERING)}


def find_nothing(day: Day) -> Facts:
    """Look for the rider's phone, name and words in every file of the data folder."""
    files = data_files(day.house.settings.data)
    profile = PROFILES["chen"]
    wanted = [text.encode() for text in (profile.phone, profile.name, BIKES_AGAIN.words)]
    found = [path.name for path in files if any(text in path.read_bytes() for text in wanted)]
    expect("files that name the rider", found, [])
    return {"files": len(files)}


def data_files(folder: Path) -> list[Path]:
    """Return every file of a data folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def photo_files(day: Day) -> list[Path]:
    """Return the files of photos."""
    return [path for path in day.house.assembly.folder_of("governance").photos.rglob("*") if path.is_file()]


def _receipts(day: Day, rider_id: str) -> dict[str, list[str]]:
    erasure: dict[str, Any] = day["district"].get(f"/api/registration/riders/{rider_id}/erasure")
    return {erasure["state"]: [one["service"] for one in erasure["receipts"] if one["received_at"] is not None]}


STEPS = (
    Step(
        "小陈注销：{services} 个服务逐一回执，文字、照片、积分都已删除",
        "Chen leaves: {services} services answer with a receipt; words, photo and points are gone",
        erase_rider,
    ),
    Step(
        "在 {files} 个数据文件里找不到小陈的手机号、姓名和文字",
        "In {files} data files there is no phone, name or word of Chen's",
        find_nothing,
    ),
)
