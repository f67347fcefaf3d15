"""What people do in a simulated district: the same orders for a script, whatever the schedule does between them."""

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from shared.auth import Principal, Role
from tests.moments import NOON
from tests.sim.client import Client, Order
from tests.sim.world import World

BALIZHUANG, SHUGUANG = "110108005", "110108025"
COMMUNITIES = {BALIZHUANG: "110108005001", SHUGUANG: "110108025001"}
PLACES = {BALIZHUANG: (39.9290, 116.3010), SHUGUANG: (39.9570, 116.2800)}
PRICES = {"laundry": 5, "haircut": 8}
RIDERS = 4
REPORTS = 6
VOUCHERS = 4
STEPS_BETWEEN_MAX = 9
LATE_DAY = 60
"""When what was held and taken since the first day has expired: a timer may fire before an earlier erasure arrives."""

ADMINISTRATOR = Principal("administrator", Role.ADMINISTRATOR, "110108")
STAFF = {code: Principal(f"staff-{code}", Role.SUBDISTRICT_STAFF, code) for code in COMMUNITIES}


class Story:
    """Plays one script in a world; the world's own seed decides what happens between two orders."""

    def __init__(self, world: World, script: int) -> None:
        self.world, self.client = world, Client(world)
        self.draw = random.Random(script)
        self.riders: list[Principal] = []
        self.partners: dict[str, Principal] = {}
        self.reports: dict[str, str] = {}
        self.erased: list[str] = []
        self.outcomes: list[str] = []
        self._count = 0

    def play(self) -> Iterator[str]:
        """Play chapter after chapter; the system comes to rest after each, which is then named.

        Scripts leave chapters out: what one chapter hides another script shows, and schedules are the shorter for it.
        """
        chapters = (
            (self._arrive, 0, 1.0),
            (self._report_and_decide, 9, 1.0),
            (self._learn, 18, 0.35),
            (self._spend_and_redeem, 27, 0.5),
            (self._leave, 36, 0.5),
            (self._grow_old, 500, 0.6),
        )
        for chapter, day, chance in chapters:
            if self.draw.random() >= chance:
                continue
            self._wait_until(timedelta(days=day))
            chapter()
            self.world.settle()
            yield chapter.__name__.lstrip("_")

    def _arrive(self) -> None:
        """Partners join, riders are signed up by staff."""
        for kind in ("laundry", "haircut"):
            body = {
                "kind": kind,
                "title_zh": kind,
                "title_en": kind,
                "subdistrict": BALIZHUANG,
                "login": f"{kind}-shop",
            }
            made = self._order("POST registration/partners", body, ADMINISTRATOR)
            self.partners[kind] = Principal(f"{kind}-clerk", Role.PARTNER_STAFF, BALIZHUANG, partner=made["id"])
            offer = {"kind": kind, "title_zh": kind, "title_en": kind, "points": PRICES[kind]}
            self._order("POST rewards/offers", offer, ADMINISTRATOR)
        for number in range(RIDERS):
            home = list(COMMUNITIES)[number % 2]
            person: dict[str, object] = {
                "phone": f"1380000{number:04d}",
                "platform": "meituan",
                "subdistrict": home,
                "language": "zh-CN",
                "consents": [{"purpose": "service", "granted": True}],
            }
            made = self._order("POST registration/riders/registrations", person, STAFF[home])
            self.riders.append(Principal(made["rider_id"], Role.RIDER, home))

    def _report_and_decide(self) -> None:
        """Riders report and staff decide, with nothing in between that would let the reports arrive first."""
        self._report()
        self._decide()

    def _report(self) -> None:
        """Riders report hazards, one of them more than earn points in a day; some tell of the same thing."""
        for _ in range(REPORTS):
            rider = self.riders[0] if self.draw.random() < 0.75 else self.draw.choice(self.riders)
            home = self.draw.choice(list(COMMUNITIES))
            lat, lon = PLACES[home]
            body = {
                "category": "road-damage",
                "words": f"hole number {self._count}",
                "community": COMMUNITIES[home],
                "point": {"lat": lat + self.draw.random() / 2000, "lon": lon, "datum": "WGS-84"},
            }
            made = self._order("POST governance/hazards", body, rider)
            self.reports[made["hazard_id"]] = home

    def _decide(self) -> None:
        """Staff verify, reject and merge, in any order; a rider is erased half-way."""
        for hazard in self.draw.sample(list(self.reports), len(self.reports)):
            home = self.reports[hazard]
            others = [other for other in self.reports if self.reports[other] == home and other != hazard]
            decision = self.draw.choice(("verify", "verify", "merge", "merge", "reject"))
            if decision == "verify":
                severity = self.draw.choice(("low", "medium", "high", "critical"))
                self._try(f"POST governance/hazards/{hazard}/verifications", {"severity": severity}, STAFF[home])
            elif decision == "merge" and others:
                self._try(f"POST governance/hazards/{hazard}/mergers", {"into": self.draw.choice(others)}, STAFF[home])
            else:
                self._try(f"POST governance/hazards/{hazard}/rejections", {"reason": "not-found"}, STAFF[home])
            if self.draw.random() < 0.06 and len(self.erased) < 1:
                self._erase(self.riders[-1])

    def _learn(self) -> None:
        """Riders order courses; staff confirm who came and who passed."""
        draft = {"title_zh": "直播带货", "title_en": "Selling live", "certifies": True}
        course = self._order("POST training/courses", draft, STAFF[BALIZHUANG])
        orders = [self._try("POST training/orders", {"course_id": course["id"]}, rider) for rider in self.riders]
        classes = {order["class_id"] for order in orders if order}
        self._wait_until(timedelta(days=26))
        for class_id in sorted(classes):
            self._hold_class(class_id)

    def _hold_class(self, class_id: str) -> None:
        shown = self._order(f"GET training/classes/{class_id}", None, ADMINISTRATOR)
        held_by = STAFF[shown["subdistrict"]]
        there = [place["rider_id"] for place in shown["places"] if place["rider_id"]]
        present = [rider for rider in there if self.draw.random() < 0.7]
        self._try(f"POST training/classes/{class_id}/attendance", {"present": present}, held_by)
        results = [{"rider_id": rider, "passed": self.draw.random() < 0.8} for rider in present]
        done = self._try(f"POST training/classes/{class_id}/completion", {"results": results}, held_by)
        for certificate in (done or {}).get("certificate_ids", ())[:1]:
            self._try(f"POST training/certificates/{certificate}/revocations", {"reason": "issued-in-error"}, held_by)

    def _spend_and_redeem(self) -> None:
        """Riders take vouchers and partners take those."""
        self._spend()
        self._redeem()

    def _spend(self) -> None:
        """Riders reserve and take vouchers, as far as their points go."""
        offers = self._order("GET rewards/offers", None, self.riders[0])["items"]
        for _ in range(VOUCHERS):
            rider, offer = self.draw.choice(self.riders), self.draw.choice(offers)
            reserved = self._try("POST rewards/vouchers", {"offer_id": offer["id"]}, rider)
            if reserved and self.draw.random() < 0.8:
                self._try(f"POST rewards/vouchers/{reserved['id']}/issue", None, rider)

    def _redeem(self) -> None:
        """Partners take vouchers, undo some; staff void some."""
        for rider in self.riders:
            mine = self._try("GET rewards/vouchers/mine", None, rider)
            for voucher in sorted((mine or {}).get("items", ()), key=lambda one: one["id"]):
                self._use(voucher)

    def _use(self, voucher: Mapping[str, Any]) -> None:
        partner = self.partners[voucher["kind"]]
        if not voucher.get("code"):
            return
        deed = self.draw.choice(("redeem", "redeem", "undo", "void", "keep"))
        if deed in ("redeem", "undo"):
            taken = self._try("POST rewards/redemptions", {"code": voucher["code"]}, partner)
            self._try("POST rewards/redemptions", {"code": voucher["code"]}, partner)
            if taken and deed == "undo":
                self._try(f"POST rewards/redemptions/{taken['id']}/undo", None, partner)
        elif deed == "void":
            self._try(f"POST rewards/vouchers/{voucher['id']}/voidings", {"reason": "issued-in-error"}, ADMINISTRATOR)

    def _leave(self) -> None:
        """A rider moves, another is erased, and holds and vouchers fall due on the way; late decisions still arrive."""
        self._try(f"POST registration/riders/{self.riders[1].id}/moves", {"subdistrict": BALIZHUANG}, STAFF[SHUGUANG])
        if self.draw.random() < 0.7:
            self._erase(self.riders[2])
        if self.draw.random() < 0.5:
            self._wait_until(timedelta(days=LATE_DAY))
        for hazard, home in list(self.reports.items())[:4]:
            self._try(f"POST governance/hazards/{hazard}/verifications", {"severity": "low"}, STAFF[home])

    def _grow_old(self) -> None:
        """Nothing happens any more but what time does: holds, vouchers and lots expire."""

    def _erase(self, rider: Principal) -> None:
        if rider.id not in self.erased:
            self.erased.append(rider.id)
            self._order("DELETE registration/riders/me", None, rider)

    def _order(self, what: str, body: Mapping[str, Any] | None, principal: Principal) -> Any:
        """Give an order that must be accepted."""
        answer = self._try(what, body, principal)
        assert answer is not None, what
        return answer

    def _try(self, what: str, body: Mapping[str, Any] | None, principal: Principal) -> Any:
        """Give an order after a while; return what was answered, None where it was refused."""
        for _ in range(self.world.rng.randrange(STEPS_BETWEEN_MAX)):
            self.world.step()
        self.world.clock.advance(timedelta(seconds=5))
        self._count += 1
        answer = self.client.give(Order(f"order-{self._count}", what, body, principal))
        self.outcomes.append(f"{what} {answer.status_code}")
        return answer.json() if answer.is_success else None

    def _wait_until(self, since_noon: timedelta) -> None:
        """Let time pass up to a moment that the script fixes: schedules must not differ in when orders are given."""
        self.world.clock.set(NOON + since_noon)
