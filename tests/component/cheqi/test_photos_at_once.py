"""While photos are decoded everybody else is answered, and what is above those that may wait is refused at once."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import cast

import httpx2
import pytest
from sqlalchemy import select

from cheqi.house import House
from cheqi.serve import served_beside
from services.governance.photos.models import PhotoDay
from services.governance.ports import Ports
from shared.auth import Principal
from shared.clock import SettableClock
from shared.photos.cleaning import clean
from shared.photos.picture import CleanPhoto
from shared.photos.turns import IN_HAND_MAX, Turns
from shared.settings import Settings
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import OTHER, RIDER, code, rider
from tests.moments import NOON
from tests.ports import free_port
from tests.tokens import bearer, verifier_for

SENT = 60
DEADLINE_S = 60
PHOTO = jpeg()
ASKED = (
    "/livez",
    "/readyz",
    "/api/governance/readyz",
    "/api/governance/hazards/mine",
    "/api/rewards/offers",
    "/api/training/courses",
)


class Held:
    """A decoder that holds every photo until it lets go."""

    def __init__(self) -> None:
        self._begun, self._going = threading.Semaphore(0), threading.Event()

    def inspect(self, body: bytes) -> CleanPhoto:
        """Decode a photo once it may."""
        self._begun.release()
        assert self._going.wait(2 * DEADLINE_S)
        return clean(body)

    def has_begun(self) -> bool:
        """Wait until one more photo is being decoded."""
        return self._begun.acquire(timeout=DEADLINE_S)

    def let_go(self) -> None:
        """Let every photo through from now on."""
        self._going.set()


class Crowd:
    """All services in one served house, and many who send photos to it at once."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        settings = Settings(data=folder, sms="trial", port=free_port(), log_level="error")
        self.house, self.decoder, self._pool = House(settings, SettableClock(NOON)), Held(), pool
        self.http = httpx2.Client(base_url=settings.address, trust_env=False, timeout=DEADLINE_S)
        for name, node in self.house.nodes.items():
            self.house.nodes[name] = replace(node, verifier=verifier_for(name, self.house.clock))
        node = self.house.nodes["governance"]
        given = cast(Ports, node.service.ports)
        ports = replace(given, inspect=self.decoder.inspect, turns=Turns(wait_max_s=DEADLINE_S))
        self.house.nodes["governance"] = replace(node, service=replace(node.service, ports=ports))

    def get(self, who: Principal, path: str) -> httpx2.Response:
        """Read something."""
        return self.http.get(path, headers=self._signed_in(who))

    def send(self, who: Principal, key: str = "photo") -> Future[httpx2.Response]:
        """Send a photo beside others."""
        headers = self._signed_in(who) | {"Idempotency-Key": key, "Content-Type": "image/jpeg"}
        return self._pool.submit(self.http.post, "/api/governance/photos", content=PHOTO, headers=headers)

    def looks(self) -> dict[str, int]:
        """Return how many looks each rider has used up."""
        with self.house.nodes["governance"].snapshot() as session:
            return {day.rider_id: day.looked_at for day in session.scalars(select(PhotoDay))}

    def _signed_in(self, who: Principal) -> dict[str, str]:
        return {"Authorization": f"Bearer {bearer(who, 'governance', self.house.clock)}", "Accept-Language": "en"}


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    with ThreadPoolExecutor(SENT) as pool:
        crowd = Crowd(tmp_path / "data", pool)
        with served_beside(crowd.house), crowd.http:
            yield crowd
            crowd.decoder.let_go()


def test_while_decoders_are_busy_others_are_answered_and_the_surplus_is_refused_at_no_cost(crowd: Crowd) -> None:
    sent = [crowd.send(rider(number)) for number in range(SENT)]
    refused = first_answers(sent, SENT - IN_HAND_MAX)

    answered = {path: crowd.get(OTHER, path).status_code for path in ASKED}
    crowd.decoder.let_go()

    assert answered == dict.fromkeys(ASKED, 200)
    assert {(code(one), one.headers["retry-after"]) for one in refused} == {((503, "photo-decoder-busy"), "2")}
    assert sorted(one.result().status_code for one in sent) == [201] * IN_HAND_MAX + [503] * len(refused)
    assert crowd.looks() == {f"rider-{number}": 1 for number in range(SENT) if sent[number].result().is_success}


def test_a_rider_has_one_photo_in_hand_so_that_another_one_s_comes_next(crowd: Crowd) -> None:
    own = [crowd.send(RIDER, f"photo-{number}") for number in range(SENT // 2)]
    refused = first_answers(own, len(own) - 1)

    other = crowd.send(OTHER)
    begun = crowd.decoder.has_begun()
    crowd.decoder.let_go()

    assert begun
    assert {(code(one), one.headers["retry-after"]) for one in refused} == {((429, "photo-in-hand"), "2")}
    assert sorted({one.result().status_code for one in (*own, other)}) == [201, 429]
    assert crowd.looks() == {RIDER.id: 1, OTHER.id: 1}


def test_what_was_refused_while_another_photo_was_in_hand_is_taken_after_it_under_its_key(crowd: Crowd) -> None:
    first = crowd.send(RIDER, "first")
    assert crowd.decoder.has_begun()
    refused = crowd.send(RIDER, "second").result()
    crowd.decoder.let_go()

    assert (first.result().status_code, refused.status_code) == (201, 429)
    assert crowd.send(RIDER, "second").result().status_code == 201


def first_answers(sent: Sequence[Future[httpx2.Response]], wanted: int) -> list[httpx2.Response]:
    """Return those that are answered first, while the others still wait."""
    return [one.result() for one in islice(as_completed(sent, timeout=DEADLINE_S), wanted)]
