"""A training service on a bench, with the people who use it; each helper leaves the steps before it done."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count

from httpx2 import Response

from services.training.service import build
from shared.auth import Principal, Role
from shared.events.training import ClassOpenedV1
from tests.clients import Client
from tests.harness import Bench
from tests.stores import bytes_of

HERE, ELSEWHERE = "110108005", "110108001"
PUBLIC_URL = "https://cheqi.example"

RIDER = Principal(id="rider-1", role=Role.RIDER, subdistrict=HERE)
OTHER = Principal(id="rider-2", role=Role.RIDER, subdistrict=HERE)
STRANGER = Principal(id="rider-3", role=Role.RIDER, subdistrict=ELSEWHERE)
STAFF = Principal(id="staff-1", role=Role.SUBDISTRICT_STAFF, subdistrict=HERE)
STAFF_ELSEWHERE = Principal(id="staff-2", role=Role.SUBDISTRICT_STAFF, subdistrict=ELSEWHERE)
DISTRICT = Principal(id="staff-3", role=Role.DISTRICT_STAFF)


class Directory:
    """Knows names as registration would; `down` is how it fails."""

    def __init__(self) -> None:
        self.names: dict[str, str | None] = {"rider-1": "李四", "rider-2": "<b>Wang & Co</b>"}
        self.down = False
        self.asked: list[str] = []

    def name_of(self, rider_id: str) -> str | None:
        """Return a rider's name."""
        if self.down:
            raise ConnectionError
        self.asked.append(rider_id)
        return self.names.get(rider_id)


class Stage:
    """The bench, its directory, and requests by whoever makes them."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.bench = Bench(build(directory=self.directory, public_url=PUBLIC_URL))
        self._keys = count()
        self._clients: dict[tuple[Principal | None, datetime], Client] = {}

    def post(self, who: Principal, path: str, body: Mapping[str, object]) -> Response:
        """Send a command under a key of its own."""
        headers = {"Idempotency-Key": f"key-{next(self._keys)}"}
        return self.client(who).post(f"/api/training{path}", json=body, headers=headers)

    def get(self, who: Principal, path: str) -> Response:
        """Read something."""
        return self.client(who).get(f"/api/training{path}")

    def client(self, who: Principal | None) -> Client:
        """Return a client signed in as a person, or as nobody."""
        seen = (who, self.bench.clock.now())
        if seen not in self._clients:
            self._clients[seen] = self.bench.http(who)
        return self._clients[seen]

    def bytes_on_disk(self) -> bytes:
        """Return every byte of the store: the database, its log and its index."""
        return bytes_of(self.bench.store)

    def course(self, *, certifies: bool = True, valid_days: int | None = None) -> str:
        """Put a course into the catalogue."""
        body = {"title_zh": "心肺复苏", "title_en": "CPR", "certifies": certifies, "valid_days": valid_days}
        return str(self.post(STAFF, "/courses", body).json()["id"])

    def class_of(self, course_id: str, *riders: Principal) -> str:
        """Let riders order a course; return the class that opened."""
        answers = [self.post(rider, "/orders", {"course_id": course_id}) for rider in riders]
        return str(answers[0].json()["class_id"])

    def held_class(self, course_id: str, present: list[Principal], absent: list[Principal] | None = None) -> str:
        """Hold a class and confirm who was there."""
        class_id = self.class_of(course_id, *present, *(absent or []))
        self.begin_class()
        sheet: dict[str, object] = {"present": [rider.id for rider in present]}
        assert self.post(STAFF, f"/classes/{class_id}/attendance", sheet).status_code == 201
        return class_id

    def begin_class(self) -> None:
        """Move the clock to the start of the class that opened last."""
        starts_at = self.bench.told(ClassOpenedV1)[-1].starts_at
        self.bench.clock.advance(max(starts_at - self.bench.clock.now(), timedelta(0)))

    def certificate(self, rider: Principal = RIDER, *, valid_days: int | None = None) -> str:
        """Let a rider earn a certificate; return its id."""
        class_id = self.held_class(self.course(valid_days=valid_days), [rider])
        results = {"results": [{"rider_id": rider.id, "passed": True}]}
        completed = self.post(STAFF, f"/classes/{class_id}/completion", results)
        assert completed.status_code == 201, completed.text
        return str(completed.json()["certificate_ids"][0])
