"""The load: riders and staff who give commands without pause, and who keep a list of what was accepted."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from shared.web.client import LIMITS
from tests.e2e.kill_people import COMMUNITY, RIDER_DRAFT, People
from tests.e2e.kill_process import pause

TRY_AGAIN_S = 0.05
AGAIN_SHARE = 0.1
PATIENCE_S = 120
NOT_ENOUGH, NO_MORE_TODAY = "reserve 409 points-short", "report 429 too-many-reports"


@dataclass(frozen=True)
class Command:
    """One command as it is given, and given again, under one key; `names` is the field that names what it made."""

    kind: str
    token: str
    path: str
    key: str
    names: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What an accepted command made, by its id, and what its answer said."""

    kind: str
    id: str
    answer: dict[str, Any]


class Record:
    """The client's own list: what was accepted, what was refused, and how often no answer came, or none of use."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.refused: Counter[str] = Counter()
        self.contradicted: list[str] = []
        self.unserved: Counter[str] = Counter()
        self.unanswered = self.replayed = 0
        self._changed = threading.Condition()

    def accept(self, made: Made, *, replayed: bool) -> None:
        """Note an accepted command."""
        with self._changed:
            self.made.append(made)
            self.replayed += replayed
            self._changed.notify_all()

    def lose(self) -> None:
        """Note that a command was sent and no answer came."""
        with self._changed:
            self.unanswered += 1

    def miss(self, why: str) -> None:
        """Note that a try was not served: nobody listened, no answer came, or it was that the service cannot now."""
        with self._changed:
            self.unserved[why] += 1

    def wait_for(self, more: int, within_s: float) -> bool:
        """Wait until so many more commands were accepted; tell whether they were."""
        with self._changed:
            enough = len(self.made) + more
            return self._changed.wait_for(lambda: len(self.made) >= enough, within_s)

    def of(self, kind: str) -> list[Made]:
        """Return what the accepted commands of a kind made."""
        return [made for made in self.made if made.kind == kind]


class Giver:
    """One rider with staff beside: gives one command after the other, each until it was answered."""

    def __init__(self, address: str, people: People, number: int, seed: int, record: Record) -> None:
        self._address, self._people, self._number, self._record = address, people, number, record
        self._random, self._count = Random(f"{seed}/{number}"), 0
        self._rider = people.riders[number]
        self._unverified: list[str] = []
        self._reserved: list[str] = []
        self._courses: list[str] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End with the command in hand, which is given until it is answered."""
        self._ending.set()

    def join(self) -> None:
        """Wait for the end; raises what went wrong."""
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            with httpx2.Client(base_url=self._address, timeout=20, limits=LIMITS) as http:
                while not self._ending.is_set():
                    self._give(http, self._next())
        except BaseException as error:
            self.failure = error

    def _give(self, http: httpx2.Client, command: Command) -> None:
        """Give a command until it is answered; some that were accepted once more, which must change nothing."""
        answer = self._answer(http, command)
        if not answer.is_success:
            problem = str(answer.json().get("type", "")).rpartition("/")[2]
            self._record.refused[f"{command.kind} {answer.status_code} {problem}"] += 1
            return
        body = dict(answer.json())
        made = Made(command.kind, str(body[command.names]), body)
        self._record.accept(made, replayed="Idempotency-Replayed" in answer.headers)
        self._remember(made)
        if self._random.random() < AGAIN_SHARE:
            again = self._answer(http, command)
            if not again.is_success or again.json()[command.names] != made.id:
                self._record.contradicted.append(f"{command.path} {made.id}: {again.text}")

    def _answer(self, http: httpx2.Client, command: Command) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {command.token}", "Idempotency-Key": command.key}
        while True:
            try:
                answer = http.post(command.path, json=command.body, headers=headers)
            except httpx2.ConnectError as error:
                why = type(error).__name__
                pause(TRY_AGAIN_S)
            except httpx2.TransportError as error:
                why = type(error).__name__
                self._record.lose()
            else:
                if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                    return answer
                why = answer.json()["type"]
                pause(TRY_AGAIN_S)
            self._record.miss(why)

    def _remember(self, made: Made) -> None:
        waiting = {"report": self._unverified, "reserve": self._reserved, "course": self._courses}
        if made.kind in waiting:
            waiting[made.kind].append(made.id)

    def _next(self) -> Command:
        """Choose the next command at random, among those that are possible."""
        self._count += 1
        choices = [*self._always(), *self._after_earlier()]
        return self._random.choice(choices)()

    def _always(self) -> Iterator[Callable[[], Command]]:
        yield from (self._register, self._add_course)
        yield from (self._report, self._reserve) * 2

    def _after_earlier(self) -> Iterator[Callable[[], Command]]:
        if self._unverified:
            yield from (self._verify,) * 2
        if self._courses:
            yield from (self._order,) * 2
        if self._reserved:
            yield from (self._issue,) * 2

    @property
    def _key(self) -> str:
        return f"{self._number}-{self._count}"

    def _register(self) -> Command:
        phone = f"139{self._number:02}{self._count:06}"
        body = {**RIDER_DRAFT, "phone": phone}
        path = "/api/registration/riders/registrations"
        return Command("register", self._people.staff, path, self._key, "rider_id", body)

    def _report(self) -> Command:
        point = {"lat": 39.9 + self._random.random() / 10, "lon": 116.3, "datum": "WGS-84", "accuracy_m": 8}
        body = {"category": "manhole", "words": f"井盖 {self._key}", "community": COMMUNITY, "point": point}
        return Command("report", self._rider, "/api/governance/hazards", self._key, "hazard_id", body)

    def _verify(self) -> Command:
        hazard = self._unverified.pop(0)
        path = f"/api/governance/hazards/{hazard}/verifications"
        return Command("verify", self._people.staff, path, self._key, "hazard_id", {"severity": "critical"})

    def _add_course(self) -> Command:
        body = {"title_zh": f"急救课 {self._key}", "title_en": f"First aid {self._key}"}
        return Command("course", self._people.staff, "/api/training/courses", self._key, "id", body)

    def _order(self) -> Command:
        body = {"course_id": self._courses.pop(0)}
        return Command("order", self._rider, "/api/training/orders", self._key, "id", body)

    def _reserve(self) -> Command:
        body = {"offer_id": self._people.offer_id}
        return Command("reserve", self._rider, "/api/rewards/vouchers", self._key, "id", body)

    def _issue(self) -> Command:
        voucher = self._reserved.pop(0)
        return Command("issue", self._rider, f"/api/rewards/vouchers/{voucher}/issue", self._key, "id")


@contextmanager
def at_work(givers: Sequence[Giver]) -> Iterator[None]:
    """Let givers give commands without pause while the block runs; raises what went wrong with one of them."""
    for giver in givers:
        giver.start()
    try:
        yield
    finally:
        for giver in givers:
            giver.stop()
    for giver in givers:
        giver.join()


def accepted_before(act: Callable[[], None], givers: Sequence[Giver], record: Record, count: int) -> list[Made]:
    """Act while commands are given, so many before and so many after it; return what was accepted before."""
    with at_work(givers):
        assert record.wait_for(count, PATIENCE_S)
        accepted = list(record.made)
        act()
        assert len(record.made) > len(accepted), "nothing was accepted meanwhile"
        assert record.wait_for(count, PATIENCE_S)
    return accepted
