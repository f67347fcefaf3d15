"""A governance service on a bench, with the people who use it."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread

from httpx2 import Response

from services.governance.service import build
from shared.auth import Principal, Role
from shared.photos.cleaning import clean
from shared.photos.picture import Inspect
from shared.photos.store import photos_in_folder
from tests.component.governance.pictures import jpeg
from tests.harness import Bench

HERE, ELSEWHERE = "110108011", "110108001"
COMMUNITY, COMMUNITY_ELSEWHERE = f"{HERE}001", f"{ELSEWHERE}001"
LAT, LON = 39.9900, 116.3100
METRE = 1 / 111_195

RIDER = Principal(id="rider-1", role=Role.RIDER, subdistrict=HERE)
OTHER = Principal(id="rider-2", role=Role.RIDER, subdistrict=HERE)
STRANGER = Principal(id="rider-3", role=Role.RIDER, subdistrict=ELSEWHERE)
STAFF = Principal(id="staff-1", role=Role.SUBDISTRICT_STAFF, subdistrict=HERE)
STAFF_ELSEWHERE = Principal(id="staff-2", role=Role.SUBDISTRICT_STAFF, subdistrict=ELSEWHERE)
DISTRICT = Principal(id="staff-3", role=Role.DISTRICT_STAFF)
PARTNER = Principal(id="clerk-1", role=Role.PARTNER_STAFF, partner="partner-1")


def rider(number: int) -> Principal:
    """Return one rider of many."""
    return Principal(id=f"rider-{number}", role=Role.RIDER, subdistrict=HERE)


def point(north_m: float = 0.0, datum: str = "WGS-84") -> dict[str, object]:
    """Return a place some way north of the usual one."""
    return {"lat": LAT + north_m * METRE, "lon": LON, "datum": datum, "accuracy_m": 8}


def draft(**changes: object) -> dict[str, object]:
    """Return a report in words; a test names what it is about."""
    usual = {"category": "manhole", "words": "井盖没了", "community": COMMUNITY, "point": point()}
    return usual | changes


class Stage:
    """The bench, where its photos are, and requests by whoever makes them."""

    def __init__(self, folder: Path, inspect: Inspect = clean) -> None:
        self.folder = folder
        self.photos = photos_in_folder(folder)
        self.bench = Bench(build(photos=self.photos, inspect=inspect))
        self._keys = count()

    def post(self, who: Principal, path: str, body: dict[str, object], key: str | None = None) -> Response:
        """Send a command, under a key of its own unless one is given."""
        headers = {"Idempotency-Key": key or f"key-{next(self._keys)}"}
        return self.bench.http(who).post(f"/api/governance{path}", json=body, headers=headers)

    def patch(self, who: Principal, path: str, body: dict[str, object]) -> Response:
        """Change something."""
        return self.bench.http(who).patch(f"/api/governance{path}", json=body)

    def get(self, who: Principal | None, path: str) -> Response:
        """Read something."""
        return self.bench.http(who).get(f"/api/governance{path}")

    def send_photo(self, who: Principal, body: bytes, form: str = "image/jpeg", key: str | None = None) -> Response:
        """Send a photo as it is."""
        headers = {"Idempotency-Key": key or f"key-{next(self._keys)}", "Content-Type": form}
        return self.bench.http(who).post("/api/governance/photos", content=body, headers=headers)

    def photo(self, who: Principal = RIDER, body: bytes | None = None) -> str:
        """Let a rider store a photo; return its id."""
        answer = self.send_photo(who, body or jpeg())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["photo_id"])

    def report(self, who: Principal = RIDER, **changes: object) -> str:
        """Let a rider report; return the report's id."""
        answer = self.post(who, "/hazards", draft(**changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["hazard_id"])

    def verify(self, hazard_id: str, severity: str = "high", who: Principal = STAFF) -> Response:
        """Let staff verify a report."""
        return self.post(who, f"/hazards/{hazard_id}/verifications", {"severity": severity})

    def reject(self, hazard_id: str, reason: str = "not-found", who: Principal = STAFF) -> Response:
        """Let staff reject a report."""
        return self.post(who, f"/hazards/{hazard_id}/rejections", {"reason": reason})

    def merge(self, hazard_id: str, into: str, who: Principal = STAFF) -> Response:
        """Let staff merge a report into another one."""
        return self.post(who, f"/hazards/{hazard_id}/mergers", {"into": into})

    def findings(self) -> list[str]:
        """Return the codes of what the audit finds."""
        with self.bench.read() as session:
            return [finding.code for finding in self.bench.service.audit.check(session)]

    def files(self) -> list[Path]:
        """Return the files of photos."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


def code(answer: Response) -> tuple[int, str]:
    """Return a problem's status and code."""
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


def run_together(deed: Callable[[int], None], count_of: int) -> None:
    """Do something in several threads, each with its number; return when all have ended."""
    threads = [Thread(target=deed, args=(number,)) for number in range(count_of)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
