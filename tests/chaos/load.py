"""The load: riders and staff who give commands at an even pace, and keep the list of what was accepted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx2

from cheqi.folder import data_folder
from shared.auth import Principal, Role
from shared.auth.tokens import AccessClaims, SigningKeys
from shared.clock import SystemClock
from shared.random import SystemRandom
from shared.settings import Settings
from tests.e2e.kill_load import Command, Giver, Made, Record, at_work
from tests.e2e.kill_people import RIDER_DRAFT, SUBDISTRICT, People, send
from tests.e2e.kill_process import pause

RIDERS = 40
COMMANDS_A_SECOND = 12
TOKENS_GOOD_FOR = timedelta(hours=1)
ADMINISTRATOR = Principal("chaos-chief", Role.ADMINISTRATOR)
STAFF = Principal("chaos-clerk", Role.SUBDISTRICT_STAFF, SUBDISTRICT)


class PacedGiver(Giver):
    """Waits for a random while before each command, so that all together come at an even pace."""

    def _next(self) -> Command:
        pause(self._random.random() * 2 * RIDERS / COMMANDS_A_SECOND)
        return super()._next()


def settle_in(settings: Settings, record: Record) -> People:
    """Register riders over HTTP, with tokens that the operator signs."""
    administrator, staff = token(settings, ADMINISTRATOR), token(settings, STAFF)
    with httpx2.Client(base_url=settings.address, timeout=30) as http:
        titles = {"title_zh": "解暑包", "title_en": "Cool-down"}
        offer = send(http, administrator, "/api/rewards/offers", {"kind": "cool-down", "points": 1, **titles})
        riders = [_register(http, staff, f"1370000{number:04}", record) for number in range(RIDERS)]
    tokens = (token(settings, Principal(rider, Role.RIDER, SUBDISTRICT)) for rider in riders)
    return People(administrator, staff, tuple(tokens), offer["id"])


@contextmanager
def load(settings: Settings, people: People, seed: int, record: Record) -> Iterator[None]:
    """Let everybody give commands while the block runs; each command is given until it is answered."""
    givers = [PacedGiver(settings.address, people, number, seed, record) for number in range(RIDERS)]
    with at_work(givers):
        yield


def token(settings: Settings, principal: Principal) -> str:
    """Return an access token that outlasts the load."""
    now = SystemClock().now()
    keys = SigningKeys.open(data_folder(settings, "registration").secrets, SystemRandom(), now)
    return keys.sign(replace(AccessClaims.for_person(principal, now), expires_at=now + TOKENS_GOOD_FOR))


def _register(http: httpx2.Client, staff: str, phone: str, record: Record) -> str:
    answer = send(http, staff, "/api/registration/riders/registrations", {**RIDER_DRAFT, "phone": phone})
    record.accept(Made("register", answer["rider_id"], answer), replayed=False)
    return str(answer["rider_id"])
