"""Who may use which route: one row for each route of each service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.auth import STAFF, Role

SERVICES = ("registration", "governance", "rewards", "training", "notify")
PEOPLE = frozenset(Role) - {Role.SERVICE}
RIDER = frozenset({Role.RIDER})
PARTNER = frozenset({Role.PARTNER_STAFF})
OFFICER = frozenset({Role.DATA_OFFICER})
DISTRICT = frozenset({Role.DISTRICT_STAFF, Role.ADMINISTRATOR})
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Row:
    """A route as `METHOD path` and the roles that may use it; none at all for `everybody` or for services.

    `within`: staff of another sub-district may not. `own`: a like rider or partner may not. Ids in path and body are
    names of what the service's world holds; `named` says which where that is not the parameter's own name.
    """

    service: str
    route: str
    roles: frozenset[Role] = NOBODY
    body: Mapping[str, Any] | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    within: bool = False
    own: bool = False
    everybody: bool = False
    scope: str | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.route.split(" ")[0]

    @property
    def path(self) -> str:
        """The path as the API description has it."""
        path = self.route.split(" ")[1]
        return path if path.startswith("/c/") else f"/api/{self.service}{path}"

    @property
    def id(self) -> str:
        """How the row is named in a test's report."""
        return f"{self.method} {self.path}"


def _kit(service: str) -> list[Row]:
    open_to_all = [Row(service, f"GET {path}", everybody=True) for path in ("/livez", "/readyz", "/metrics")]
    events = [Row(service, f"GET {path}", scope="events:read") for path in ("/events", "/events/heads")]
    audit = [Row(service, f"GET {path}", scope="audit:read") for path in ("/audit/findings", "/audit/effects")]
    return [*open_to_all, *events, *audit]


POINT = {"lat": 39.99, "lon": 116.31, "datum": "WGS-84", "accuracy_m": 8}
TITLES = {"title_zh": "名称", "title_en": "Title"}
CONSENTS = [{"purpose": "service", "granted": True}]
RIDER_DRAFT = {"phone": "13911112222", "platform": "jd", "subdistrict": "{here}", "consents": CONSENTS}
OFFICE = {"role": "subdistrict-staff", "subdistrict": "{here}"}
CODE = {"phone": "13911113333", "request_id": "none", "code": "000000"}
ERASED = {"rider_id": "erased_id"}

REGISTRATION = [
    Row("registration", "GET /places/subdistricts", everybody=True),
    Row("registration", "GET /places/subdistricts/{code}/communities", everybody=True, named={"code": "here"}),
    Row("registration", "GET /platforms", everybody=True),
    Row("registration", "POST /codes", body={"phone": "13911113333"}, everybody=True),
    Row("registration", "GET /jwks.json", everybody=True),
    Row("registration", "POST /token", body={}, everybody=True),
    Row("registration", "DELETE /sign-ins", PEOPLE),
    Row("registration", "POST /staff/activations", body={"invitation": "none", "password": "x"}, everybody=True),
    Row("registration", "POST /riders", body={**RIDER_DRAFT, **CODE}, everybody=True),
    Row("registration", "GET /consents/purposes", everybody=True),
    Row("registration", "GET /riders", STAFF),
    Row("registration", "POST /riders/registrations", STAFF, RIDER_DRAFT, within=True),
    Row("registration", "GET /riders/me", RIDER),
    Row("registration", "PATCH /riders/me", RIDER, {"language": "en"}),
    Row("registration", "DELETE /riders/me", RIDER, named={"rider_id": "doomed_id"}),
    Row("registration", "GET /riders/me/consents", RIDER),
    Row("registration", "GET /riders/me/consents/history", RIDER),
    Row("registration", "PUT /riders/me/consents/{purpose}", RIDER, {"granted": True, "wording": "v1"}),
    Row("registration", "GET /riders/{rider_id}", STAFF | RIDER | OFFICER, within=True, own=True),
    Row("registration", "DELETE /riders/{rider_id}", RIDER | OFFICER, named=ERASED, own=True),
    Row("registration", "GET /riders/{rider_id}/erasure", STAFF | RIDER | OFFICER, named=ERASED, within=True, own=True),
    Row(
        "registration", "POST /riders/{rider_id}/moves", STAFF | RIDER, {"subdistrict": "{here}"}, within=True, own=True
    ),
    Row("registration", "GET /riders/{rider_id}/phone", scope="rider.phone:read"),
    Row("registration", "GET /riders/{rider_id}/name", scope="rider.name:read"),
    Row("registration", "GET /staff", STAFF),
    Row("registration", "POST /staff", DISTRICT, {**OFFICE, "login": "newcomer"}),
    Row("registration", "POST /staff/{staff_id}/invitations", DISTRICT),
    Row("registration", "POST /staff/{staff_id}/appointments", DISTRICT, OFFICE, named={"staff_id": "former_id"}),
    Row("registration", "POST /staff/{staff_id}/endings", DISTRICT, named={"staff_id": "leaving_id"}),
    Row("registration", "GET /partners", STAFF),
    Row(
        "registration",
        "POST /partners",
        DISTRICT,
        {**TITLES, "kind": "haircut", "subdistrict": "{here}", "login": "barber"},
    ),
    Row("registration", "GET /partners/{partner_id}", STAFF | PARTNER, within=True, own=True),
    Row("registration", "PATCH /partners/{partner_id}", DISTRICT, {"title_en": "New"}),
    Row("registration", "POST /partners/{partner_id}/invitations", DISTRICT),
]
GOVERNANCE = [
    Row("governance", "GET /categories", PEOPLE),
    Row("governance", "POST /categories", DISTRICT, {**TITLES, "code": "new-one"}),
    Row("governance", "PATCH /categories/{code}", DISTRICT, {"title_en": "New"}),
    Row("governance", "POST /photos", RIDER),
    Row(
        "governance",
        "POST /hazards",
        RIDER,
        {"category": "manhole", "words": "井盖", "community": "{community}", "point": POINT},
    ),
    Row("governance", "GET /hazards", STAFF),
    Row("governance", "GET /hazards/mine", RIDER),
    Row("governance", "GET /hazards/{hazard_id}", STAFF | RIDER, within=True, own=True),
    Row("governance", "GET /hazards/{hazard_id}/photo", STAFF | RIDER, within=True, own=True),
    Row("governance", "PATCH /hazards/{hazard_id}", RIDER, {"words": "井盖又没了"}, own=True),
    Row("governance", "GET /rejection-reasons", STAFF),
    Row("governance", "POST /hazards/{hazard_id}/verifications", STAFF, {"severity": "low"}, within=True),
    Row("governance", "POST /hazards/{hazard_id}/rejections", STAFF, {"reason": "unclear"}, within=True),
    Row("governance", "POST /hazards/{hazard_id}/mergers", STAFF, {"into": "{other_id}"}, within=True),
]
REWARDS = [
    Row("rewards", "GET /riders/me/balance", RIDER),
    Row("rewards", "GET /riders/me/statement", RIDER),
    Row("rewards", "GET /riders/{rider_id}/statement", STAFF, within=True),
    Row("rewards", "POST /entries/{entry_id}/reversals", DISTRICT, {"reason": "duplicate"}),
    Row("rewards", "GET /offers", PEOPLE),
    Row("rewards", "POST /offers", STAFF, {**TITLES, "kind": "laundry", "points": 30}),
    Row("rewards", "PATCH /offers/{offer_id}", STAFF, {"title_en": "New"}, within=True),
    Row("rewards", "POST /vouchers", RIDER, {"offer_id": "{offer_id}"}),
    Row("rewards", "GET /vouchers", STAFF),
    Row("rewards", "GET /vouchers/mine", RIDER),
    Row("rewards", "GET /vouchers/{voucher_id}", STAFF | RIDER, within=True, own=True),
    Row("rewards", "POST /vouchers/{voucher_id}/issue", RIDER, named={"voucher_id": "reserved_id"}, own=True),
    Row(
        "rewards",
        "POST /vouchers/{voucher_id}/voidings",
        STAFF,
        {"reason": "misuse"},
        named={"voucher_id": "reserved_id"},
        within=True,
    ),
    Row("rewards", "POST /voucher-lookups", PARTNER, {"code": "{typed}"}),
    Row("rewards", "POST /redemptions", PARTNER, {"code": "{typed}"}),
    Row("rewards", "GET /redemptions", PARTNER),
    Row("rewards", "POST /redemptions/{redemption_id}/undo", PARTNER, own=True),
]
TRAINING = [
    Row("training", "GET /courses", PEOPLE),
    Row("training", "POST /courses", STAFF, TITLES),
    Row("training", "PATCH /courses/{course_id}", STAFF, {"title_en": "New"}, within=True),
    Row("training", "POST /orders", RIDER, {"course_id": "{course_id}"}),
    Row("training", "GET /orders", STAFF),
    Row("training", "GET /orders/mine", RIDER),
    Row("training", "POST /orders/{order_id}/course", STAFF, TITLES, within=True),
    Row("training", "GET /classes", STAFF | RIDER),
    Row("training", "GET /classes/mine", RIDER),
    Row("training", "GET /classes/{class_id}", STAFF | RIDER, within=True, own=True),
    Row("training", "PATCH /classes/{class_id}", STAFF, {"venue_en": "Hall"}, within=True),
    Row("training", "POST /classes/{class_id}/check-ins", STAFF, {"rider_id": "{rider_id}"}, within=True),
    Row("training", "POST /classes/{class_id}/check-ins/undo", STAFF, {"rider_id": "{rider_id}"}, within=True),
    Row("training", "POST /classes/{class_id}/attendance", STAFF, {"present": ["{rider_id}"]}, within=True),
    Row("training", "POST /classes/{class_id}/completion", STAFF, {}, named={"class_id": "held_id"}, within=True),
    Row("training", "POST /certificates", STAFF, {"class_id": "{held_id}", "rider_id": "{rider_id}"}, within=True),
    Row("training", "GET /certificates", STAFF),
    Row("training", "GET /certificates/mine", RIDER),
    Row("training", "GET /certificates/{certificate_id}", STAFF | RIDER, within=True, own=True),
    Row("training", "POST /certificates/{certificate_id}/revocations", STAFF, {"reason": "misuse"}, within=True),
    Row("training", "GET /c/{number}", everybody=True),
    Row("training", "GET /c/{number}.json", everybody=True),
]
NOTIFY = [
    Row("notify", "GET /notices", RIDER),
    Row("notify", "GET /notices/unread-count", RIDER),
    Row("notify", "POST /notices/{notice_id}/read", RIDER, own=True),
    Row("notify", "POST /notices/{notice_id}/archive", RIDER, own=True),
]
ROWS = [*REGISTRATION, *GOVERNANCE, *REWARDS, *TRAINING, *NOTIFY, *(row for name in SERVICES for row in _kit(name))]
