"""The audit at the end of the day, and a posting altered by hand in a copy of the data."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from cheqi.audit import audit_house
from cheqi.demo.day import Day, Facts, Step, expect, until
from cheqi.demo.person import StepFailedError
from cheqi.house import House

UNDONE = ("unsent_events", "waiting_events", "parked_events", "overdue_timers", "parked_timers")
BESIDE_DATABASE = ("-wal", "-shm", "-journal")


def audit_day(day: Day) -> Facts:
    """Audit the house once nothing is under way: nothing may disagree."""
    until("events and timers left over", lambda: sum(_left_over(day, name) for name in day.house.nodes), 0)
    expect("what does not agree", audit_house(day.house), [])
    return {}


def find_altered_posting(day: Day) -> Facts:
    """Alter one posting by hand in a copy of the data folder: the audit of the copy names it."""
    with TemporaryDirectory(prefix="cheqi-copy-") as folder:
        copy = copied(day.house.settings.data, Path(folder) / "data")
        posting = altered_posting(copy / "rewards.db")
        house = House(day.house.settings.model_copy(update={"data": copy}), clock=day.clock)
        try:
            findings = audit_house(house)
        finally:
            house.stop()
    naming = [one for one in findings if posting in str(one)]
    if not naming:
        message = f"expected the audit to name the posting {posting}, it found {findings!r}"
        raise StepFailedError(message)
    return {"posting": posting, "count": len(findings)}


def copied(source: Path, target: Path) -> Path:
    """Copy a data folder that is in use, each database as of one moment, and return the copy."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif path.suffix == ".db":
            place.parent.mkdir(parents=True, exist_ok=True)
            _back_up(path, place)
        elif not path.name.endswith(BESIDE_DATABASE):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
    return target


def altered_posting(database: Path) -> str:
    """Give a rider 1,000 points more in one posting, as somebody with the file could, and return its name."""
    available = "account LIKE 'rider/%/available' AND points > 0"
    first = f"SELECT account, entry_id FROM posting WHERE {available} ORDER BY entry_id LIMIT 1"  # noqa: S608 - ours
    with closing(sqlite3.connect(database)) as connection, connection:
        account, entry_id = connection.execute(first).fetchone()
        altered = "UPDATE posting SET points = points + 1000 WHERE account = ? AND entry_id = ?"
        connection.execute(altered, (account, entry_id))
    return f"{account}/{entry_id}"


def _back_up(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _left_over(day: Day, name: str) -> int:
    gauges = day.house.nodes[name].gauges()
    return int(sum(gauges[gauge] for gauge in UNDONE))


STEPS = (
    Step(
        "对账：隐患、积分、兑换券、证书一致，日志完整，没有滞留的事件",
        "Audit: hazards, ledger, vouchers and certificates agree, every log is whole, no event is left over",
        audit_day,
    ),
    Step(
        "在数据副本里手改一条分录，对账立即指出：{posting}",
        "A posting altered by hand in a copy of the data is found and named: {posting}",
        find_altered_posting,
    ),
)
