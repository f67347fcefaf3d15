"""What must hold after all kills: the client's list, the tables and the logs tell the same, each thing once."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping

import httpx2
from sqlalchemy import func, select

from cheqi.house import House
from services.rewards.ledger.models import Balance, Posting
from shared.events.envelope import Envelope, Event
from shared.events.governance import HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderRegisteredV1
from shared.events.rewards import PointsAwardedV1, PointsSpentV1, VoucherIssuedV1
from shared.events.training import CourseOrderedV1
from tests.e2e.kill_load import Record
from tests.e2e.kill_process import pause

QUIET_WITHIN_S = 40
CRITICAL_AWARD = 50
TOLD_BY: Mapping[str, type[Event]] = {
    "register": RiderRegisteredV1,
    "report": HazardReportedV1,
    "verify": HazardVerifiedV1,
    "order": CourseOrderedV1,
    "issue": VoucherIssuedV1,
}
"""The event by which a command of a kind tells, once, of what it made."""
LISTED_AT: Mapping[str, tuple[str, str]] = {
    "register": ("/api/registration/riders", "id"),
    "report": ("/api/governance/hazards", "hazard_id"),
    "course": ("/api/training/courses", "id"),
    "order": ("/api/training/orders", "id"),
    "reserve": ("/api/rewards/vouchers", "id"),
}
"""Where what a kind of command made is listed, and by which field."""


def wait_until_quiet(address: str) -> None:
    """Wait until no service has anything to send any more, for the time that a test may take."""
    deadline = time.monotonic() + QUIET_WITHIN_S
    with httpx2.Client(base_url=address, timeout=20) as http:
        while (unsent := _unsent(http)) and time.monotonic() < deadline:
            pause(0.1)
    assert unsent == 0, f"{unsent} events are still not sent"


def listed(address: str, token: str) -> dict[str, list[str]]:
    """Return the ids that staff find over HTTP, by the kind of command that made them."""
    with httpx2.Client(base_url=address, timeout=20, headers={"Authorization": f"Bearer {token}"}) as http:
        return {kind: list(_ids(http, path, name)) for kind, (path, name) in LISTED_AT.items()}


def told(house: House) -> dict[str, Counter[str]]:
    """Return how often each subject stands in the logs, by the kind of command that tells of it."""
    counted: dict[str, Counter[str]] = {kind: Counter() for kind in TOLD_BY}
    kinds = {event.type_name(): kind for kind, event in TOLD_BY.items()}
    for envelope in _envelopes(house):
        if envelope.type in kinds:
            counted[kinds[envelope.type]][envelope.subject] += 1
    return counted


def points_told(house: House) -> tuple[Counter[str], Counter[str]]:
    """Return the points of each award by its hazard, and of each voucher by its id, summed over the log."""
    awarded: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for envelope in _envelopes(house):
        if envelope.type == PointsAwardedV1.type_name():
            award = PointsAwardedV1.model_validate(envelope.data)
            awarded[award.cause_id] += award.points
        if envelope.type == PointsSpentV1.type_name():
            payment = PointsSpentV1.model_validate(envelope.data)
            spent[payment.voucher_id] += payment.points
    return awarded, spent


def points_expected(record: Record, points: int) -> tuple[Counter[str], Counter[str]]:
    """Return the same as the client's own list has it; each voucher costs `points`."""
    earning = {made.id for made in record.of("report") if made.answer["earns"]}
    awarded = Counter({made.id: CRITICAL_AWARD for made in record.of("verify") if made.id in earning})
    return awarded, Counter({made.id: points for made in record.of("issue")})


def sums(house: House) -> tuple[int, int, int]:
    """Return what all postings sum to, and the points that riders may spend and have reserved."""
    with house.get_node("rewards").snapshot() as session:
        available, reserved = session.execute(
            select(func.coalesce(func.sum(Balance.available), 0), func.coalesce(func.sum(Balance.reserved), 0))
        ).one()
        return session.scalar(select(func.sum(Posting.points))) or 0, int(available), int(reserved)


def _unsent(http: httpx2.Client) -> int:
    text = http.get("/metrics").text
    return sum(int(float(value)) for value in re.findall(r"^\w*unsent_events\{[^}]*\} (\S+)$", text, re.MULTILINE))


def _ids(http: httpx2.Client, path: str, name: str) -> Iterator[str]:
    query: dict[str, str | int] = {"limit": 200}
    while True:
        answer = http.get(path, params=query)
        assert answer.is_success, answer.text
        page = answer.json()
        yield from (str(item[name]) for item in page["items"])
        if page["next"] is None:
            return
        query["cursor"] = page["next"]


def _envelopes(house: House) -> Iterator[Envelope]:
    for node in house.nodes.values():
        position = 0
        while documents := node.log.after(position):
            for document in documents:
                envelope = Envelope.parse(document)
                position = envelope.position or position
                yield envelope
