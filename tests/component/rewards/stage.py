"""Rewards on a bench, with the people who use it and the services that it hears; each helper does one step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from httpx2 import Response
from sqlalchemy import func, select

from services.rewards.ledger.models import Balance, Posting
from services.rewards.ledger.statement import sums_as_of
from services.rewards.ports import Ports
from services.rewards.service import build
from shared.auth import Principal, Role
from shared.events.envelope import Event
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import PartnerChangedV1, RiderErasedV1, RiderRegisteredV1
from shared.events.training import AttendanceConfirmedV1
from shared.messaging.parking import list_parked
from shared.messaging.timers import list_parked_timers
from shared.service import Finding
from tests.harness import Bench

HERE, ELSEWHERE = "110108005", "110108001"
CODE_KEY = b"c" * 32

RIDER = Principal(id="rider-1", role=Role.RIDER, subdistrict=HERE)
OTHER = Principal(id="rider-2", role=Role.RIDER, subdistrict=HERE)
STAFF = Principal(id="staff-1", role=Role.SUBDISTRICT_STAFF, subdistrict=HERE)
STAFF_ELSEWHERE = Principal(id="staff-2", role=Role.SUBDISTRICT_STAFF, subdistrict=ELSEWHERE)
DISTRICT = Principal(id="staff-3", role=Role.DISTRICT_STAFF)
LAUNDRY = Principal(id="account-1", role=Role.PARTNER_STAFF, subdistrict=HERE, partner="partner-1")
BARBER = Principal(id="account-2", role=Role.PARTNER_STAFF, subdistrict=HERE, partner="partner-2")


class Stage:
    """The bench, what other services tell it, and requests by whoever makes them."""

    def __init__(self) -> None:
        self.bench = Bench(build(code_key=CODE_KEY))
        self._keys = count()
        self._sent: list[tuple[str, str]] = []

    def tell(self, *events: Event, at: datetime | None = None) -> None:
        """Let the services that the events are of tell them now, or at a moment."""
        for event in events:
            self._sent += [(event.source, document) for document in self.bench.apply(event, at=at)]

    def deliver_again(self) -> None:
        """Let the bus repeat all that was told."""
        for source, document in self._sent:
            self.bench.consumer.apply(self.bench.publisher(source).run(document))

    def report(self, hazard_id: str = "hazard-1", rider_id: str = RIDER.id, *, earns: bool = True) -> datetime:
        """Let governance tell of a report; return when it was made."""
        facts = {"community": "110108005001", "category": "fire-safety", "earns": earns}
        self.tell(HazardReportedV1(subdistrict=HERE, hazard_id=hazard_id, rider_id=rider_id, **facts))
        return self.bench.clock.now()

    def verify(
        self,
        hazard_id: str = "hazard-1",
        severity: str = "medium",
        rider_id: str = RIDER.id,
        at: datetime | None = None,
    ) -> None:
        """Let governance tell of a verification."""
        event = HazardVerifiedV1(subdistrict=HERE, hazard_id=hazard_id, rider_id=rider_id, severity=severity)
        self.tell(event, at=at)

    def reject(self, hazard_id: str = "hazard-1", reason: str = "not-found", rider_id: str = RIDER.id) -> None:
        """Let governance tell of a rejection."""
        self.tell(HazardRejectedV1(subdistrict=HERE, hazard_id=hazard_id, rider_id=rider_id, reason=reason))

    def merge(self, merged: str, into: str, reported_at: datetime, *, shares: bool = True, earns: bool = True) -> None:
        """Let governance tell that a report of the other rider was merged."""
        self.tell(self.merge_event(merged, into, reported_at, shares=shares, earns=earns))

    def merge_event(
        self, merged: str, into: str, reported_at: datetime, *, shares: bool = True, earns: bool = True
    ) -> HazardMergedV1:
        """Return what governance tells of a merge of the other rider's report."""
        return HazardMergedV1(
            subdistrict=HERE,
            hazard_id=into,
            merged_hazard_id=merged,
            merged_rider_id=OTHER.id,
            merged_reported_at=reported_at,
            merged_subdistrict=HERE,
            merged_earns=earns,
            shares_award=shares,
        )

    def attend(self, class_id: str = "class-1", rider_id: str = RIDER.id) -> None:
        """Let training tell of an attendance."""
        event = AttendanceConfirmedV1(subdistrict=HERE, class_id=class_id, course_id="course-1", rider_id=rider_id)
        self.tell(event)

    def register(self, rider: Principal = RIDER) -> None:
        """Let registration tell of a rider."""
        place = rider.subdistrict or HERE
        self.tell(RiderRegisteredV1(subdistrict=place, rider_id=rider.id, platform="meituan", language="zh-CN"))

    def erase(self, rider_id: str = RIDER.id) -> None:
        """Let registration tell that a rider is to be forgotten."""
        self.tell(RiderErasedV1(subdistrict=HERE, rider_id=rider_id))

    def earn(self, points: int, rider_id: str = RIDER.id) -> None:
        """Let a rider earn points, ten a class."""
        assert points % 10 == 0, "points are earned by the class, ten each"
        for number in range(points // 10):
            self.attend(f"class-{self.bench.clock.now().isoformat()}-{number}", rider_id)

    def partner(self, principal: Principal = LAUNDRY, kind: str = "laundry", *, active: bool = True) -> None:
        """Let registration tell of a partner."""
        titles = {"title_zh": "洗衣店", "title_en": "Laundry"}
        partner_id = principal.partner or ""
        self.tell(PartnerChangedV1(subdistrict=HERE, partner_id=partner_id, kind=kind, active=active, **titles))

    def post(self, who: Principal, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> Response:
        """Send a command, under a key of its own unless one is given."""
        headers = {"Idempotency-Key": key or f"key-{next(self._keys)}"}
        return self.bench.http(who).post(f"/api/rewards{path}", json=body, headers=headers)

    def get(self, who: Principal, path: str, **query: str) -> Response:
        """Read something."""
        return self.bench.http(who).get(f"/api/rewards{path}", params=query)

    def offer(self, kind: str = "laundry", points: int | None = None) -> str:
        """Let district staff make an offer."""
        body = {"kind": kind, "title_zh": "洗衣券", "title_en": "Laundry voucher", "points": points}
        return str(self.post(DISTRICT, "/offers", body).json()["id"])

    def reserve(self, offer_id: str, rider: Principal = RIDER) -> str:
        """Let a rider reserve a voucher."""
        answer = self.post(rider, "/vouchers", {"offer_id": offer_id})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def voucher(self, offer_id: str | None = None, rider: Principal = RIDER) -> str:
        """Let a rider reserve a voucher and have it issued."""
        voucher_id = self.reserve(offer_id or self.offer(), rider)
        answer = self.post(rider, f"/vouchers/{voucher_id}/issue")
        assert answer.status_code == 201, answer.text
        return voucher_id

    @property
    def digest(self) -> Callable[[str], str]:
        """The keyed digest under which codes are kept."""
        return Ports(code_key=CODE_KEY).digest

    def code(self, voucher_id: str, rider: Principal = RIDER) -> str:
        """Let a rider read a voucher's code."""
        return str(self.get(rider, f"/vouchers/{voucher_id}").json()["code"])

    def balance(self, rider_id: str = RIDER.id) -> tuple[int, int, int]:
        """Return available, held and reserved points."""
        with self.bench.read() as session:
            row = session.scalar(select(Balance).where(Balance.rider_id == rider_id))
            return (0, 0, 0) if row is None else (row.available, row.held, row.reserved)

    def posted(self, rider_id: str = RIDER.id) -> tuple[int, int, int]:
        """Return the same, summed over all postings."""
        with self.bench.read() as session:
            sums = sums_as_of(session, rider_id, self.bench.clock.now() + timedelta(days=10_000))
        return sums["available"], sums["held"], sums["reserved"]

    def sub_district_sums(self) -> dict[str, int]:
        """Return what stands on the counter-accounts of the sub-districts, empty ones left out."""
        sums = select(Posting.account, func.sum(Posting.points)).group_by(Posting.account)
        with self.bench.read() as session:
            rows = session.execute(sums.where(Posting.account.startswith("subdistrict/"))).all()
        return {account: points for account, points in rows if points}

    def pass_time(self, step: timedelta) -> None:
        """Move the clock, and fire what falls due."""
        self.bench.clock.advance(step)
        self.bench.fire_timers()

    def findings(self) -> list[Finding]:
        """Return what an audit finds, after making sure that no event and no timer is parked."""
        with self.bench.read() as session:
            assert [row.error for row in (*list_parked(session), *list_parked_timers(session))] == []
            return list(self.bench.service.audit.check(session))
