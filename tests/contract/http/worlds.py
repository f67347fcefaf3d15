"""Each service with something of every kind in it, so that its routes can be asked for what is really there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from services.notify.models import Notice
from services.rewards.ledger.models import Entry
from shared.auth import Principal, Role
from shared.auth.tokens import ACCESS_LIFE, AccessClaims
from shared.web.app import served, service_app
from shared.web.middleware import RequestMiddleware
from tests.clients import Client
from tests.component.governance import stage as governance
from tests.component.notify import stage as notify
from tests.component.registration import stage as registration
from tests.component.rewards import stage as rewards
from tests.component.training import stage as training
from tests.harness import Bench
from tests.tokens import SIGNING_KEYS, bearer

ELSEWHERE = "110108001"
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class World:
    """A service, the ids of what is in it, and whose it is."""

    bench: Bench
    here: str
    ids: dict[str, str]
    rider: str
    partner: str = "partner-1"

    @property
    def service(self) -> str:
        """The service's name."""
        return self.bench.service.name

    @cached_property
    def app(self) -> FastAPI:
        """The service's application."""
        return service_app(self.bench.node)

    @cached_property
    def served(self) -> RequestMiddleware:
        """The application with what stands around every request."""
        return served(self.bench.node)

    @cached_property
    def http(self) -> Client:
        """A client that is not signed in."""
        return Client(self.served, {})

    def person(self, role: Role, *, elsewhere: bool = False, rider: str | None = None) -> Principal:
        """Return a person in a role: the one whose the things are, or a like one elsewhere."""
        own = {Role.RIDER: rider or self.rider}.get(role, f"{role.value}-1")
        subdistrict = ELSEWHERE if elsewhere else self.here
        partner = ("partner-elsewhere" if elsewhere else self.partner) if role is Role.PARTNER_STAFF else None
        return Principal(f"{own}-elsewhere" if elsewhere else own, role, subdistrict, partner)

    def token(self, principal: Principal) -> str:
        """Return a token that is good now."""
        return bearer(principal, self.service, self.bench.clock)

    def expired_token(self, principal: Principal) -> str:
        """Return a token that was good until a while ago."""
        before = self.bench.clock.now() - ACCESS_LIFE - timedelta(minutes=1)
        if principal.role is Role.SERVICE:
            claims = AccessClaims.for_service(principal.id, self.service, principal.scopes, before)
        else:
            claims = AccessClaims.for_person(principal, before)
        return SIGNING_KEYS.sign(claims)


def _registration(folder: Path) -> World:
    stage, here = registration.Stage(folder), registration.BALIZHUANG
    chief = registration.ADMINISTRATOR
    partner = {"kind": "laundry", "title_zh": "洗衣", "title_en": "Laundry", "subdistrict": here, "login": "laundry"}
    office = {"role": "subdistrict-staff", "subdistrict": here}
    ids = {
        "rider_id": stage.rider().id,
        "doomed_id": stage.rider("13800000001").id,
        "erased_id": stage.rider("13800000002").id,
        "partner_id": stage.post("/partners", partner, by=chief).json()["id"],
        "staff_id": stage.post("/staff", {**office, "login": "clerk"}, by=chief).json()["id"],
        "former_id": stage.post("/staff", {**office, "login": "former"}, by=chief).json()["id"],
        "leaving_id": stage.post("/staff", {**office, "login": "leaving"}, by=chief).json()["id"],
        "here": here,
        "purpose": "photo",
    }
    assert stage.send("DELETE", f"/riders/{ids['erased_id']}", by=registration.DATA_OFFICER).status_code == 202
    assert stage.post(f"/staff/{ids['former_id']}/endings", {}, by=chief).status_code == 201
    return World(stage.bench, here, ids, ids["rider_id"], ids["partner_id"])


def _governance(folder: Path) -> World:
    stage = governance.Stage(folder)
    ids = {
        "hazard_id": stage.report(photo_id=stage.photo()),
        "other_id": stage.report(governance.OTHER),
        "community": governance.COMMUNITY,
        "code": "manhole",
    }
    return World(stage.bench, governance.HERE, ids, governance.RIDER.id)


def _rewards(_folder: Path) -> World:
    stage = rewards.Stage()
    for known in (rewards.RIDER, rewards.OTHER):
        stage.register(known)
    stage.partner()
    stage.earn(100)
    offer = str(stage.post(rewards.STAFF, "/offers", _offer_draft()).json()["id"])
    voucher, redeemed = stage.voucher(offer), stage.voucher(offer)
    redemption = stage.post(rewards.LAUNDRY, "/redemptions", {"code": stage.code(redeemed)}).json()["id"]
    with stage.bench.read() as session:
        entry = str(session.scalars(select(Entry.id)).first())
    ids = {
        "offer_id": offer,
        "voucher_id": voucher,
        "reserved_id": stage.reserve(offer),
        "typed": stage.code(voucher),
        "redemption_id": redemption,
        "rider_id": rewards.RIDER.id,
        "entry_id": entry,
    }
    return World(stage.bench, rewards.HERE, ids, rewards.RIDER.id)


def _offer_draft() -> dict[str, Any]:
    return {"kind": "laundry", "title_zh": "洗衣", "title_en": "Laundry", "points": 30}


def _training(_folder: Path) -> World:
    stage = training.Stage()
    certificate = stage.certificate()
    held = stage.get(training.STAFF, f"/certificates/{certificate}").json()
    course = stage.course()
    order = stage.post(training.RIDER, "/orders", {"wish": "学修车"}).json()
    ids = {
        "certificate_id": certificate,
        "number": held["number"],
        "held_id": held["class_id"],
        "course_id": course,
        "class_id": stage.class_of(course, training.RIDER),
        "order_id": order["id"],
        "rider_id": training.RIDER.id,
    }
    stage.begin_class()
    return World(stage.bench, training.HERE, ids, training.RIDER.id)


def _notify(_folder: Path) -> World:
    stage = notify.Stage()
    stage.register()
    with stage.bench.read() as session:
        notice = str(session.scalars(select(Notice.id)).first())
    return World(stage.bench, "110108005", {"notice_id": notice}, notify.LI.id)


BUILDERS: Mapping[str, Callable[[Path], World]] = {
    "registration": _registration,
    "governance": _governance,
    "rewards": _rewards,
    "training": _training,
    "notify": _notify,
}
