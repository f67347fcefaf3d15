"""Registration on a real store with the trial SMS adapter, and the steps that many of its tests begin with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx2 import Response
from sqlalchemy import select

from services.registration.clients import open_clients
from services.registration.codes.trial import TrialSMS
from services.registration.identity.models import KnownNetwork
from services.registration.identity.rules import totp_uri
from services.registration.limits.rules import FIRST
from services.registration.ports import Ports
from services.registration.secrets import Secrets
from services.registration.service import build
from shared.auth import Principal, Role
from shared.clock import SystemClock
from shared.random import SeededRandom
from shared.secret_files import SecretFolder
from tests.clients import Client
from tests.harness import Bench
from tests.tokens import SIGNING_KEYS

HAIDIAN_STREET = "110108012"
BALIZHUANG = "110108005"
PHONE = "13812345678"
PASSWORD = "seven horses at dawn"
ADMINISTRATOR = Principal("administrator", Role.ADMINISTRATOR)
DISTRICT_STAFF = Principal("district", Role.DISTRICT_STAFF)
DATA_OFFICER = Principal("officer", Role.DATA_OFFICER)
STAFF = Principal("staff", Role.SUBDISTRICT_STAFF, BALIZHUANG)
STAFF_ELSEWHERE = Principal("staff-elsewhere", Role.SUBDISTRICT_STAFF, HAIDIAN_STREET)


@dataclass(frozen=True)
class Code:
    """A code as it came by SMS."""

    phone: str
    request_id: str
    code: str

    @property
    def body(self) -> dict[str, str]:
        """How it is given back."""
        return {"phone": self.phone, "request_id": self.request_id, "code": self.code}

    @property
    def wrong(self) -> dict[str, str]:
        """The same with another code."""
        other = str((int(self.code) + 1) % 1_000_000).zfill(6)
        return {**self.body, "code": other}


class Stage:
    """Registration under test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.address = folder, "203.0.113.1"
        self.kept = SecretFolder(folder / "keys")
        self.sms = TrialSMS(folder, SystemClock())
        self.ports = Ports(
            sms=self.sms,
            secrets=Secrets(b"p" * 32),
            signing_keys=SIGNING_KEYS,
            random=SeededRandom("registration"),
            clients=open_clients(self.kept),
        )
        self.bench = Bench(build(self.ports))

    def pass_time(self, **step: float) -> None:
        """Let time pass."""
        self.bench.clock.advance(timedelta(**step))

    def http(self, principal: Principal | None = None, language: str = "en") -> Client:
        """Return a client of the API."""
        return self.bench.http(principal, language, self.address)

    def limit(self, **limits: Any) -> None:
        """Begin anew with some limits changed."""
        self.ports = replace(self.ports, limits=(replace(FIRST, **limits),))
        self.bench = Bench(build(self.ports), self.bench.clock.now())

    @contextmanager
    def at(self, address: str) -> Iterator[None]:
        """Send requests from another address while the block runs."""
        before, self.address = self.address, address
        try:
            yield
        finally:
            self.address = before

    def send(self, method: str, path: str, body: object = None, by: Principal | None = None) -> Response:
        """Send one request; each has an idempotency key of its own."""
        headers = {"Idempotency-Key": uuid4().hex}
        return self.http(by).request(method, f"/api/registration{path}", json=body, headers=headers)

    def post(self, path: str, body: object = None, by: Principal | None = None) -> Response:
        """Post."""
        return self.send("POST", path, body, by)

    def get(self, path: str, by: Principal | None = None) -> Response:
        """Get."""
        return self.send("GET", path, None, by)

    def ask(self, phone: str = PHONE) -> Code:
        """Ask for a code and read it from the trial adapter's table, a minute after the last one."""
        self.pass_time(seconds=60)
        answer = self.post("/codes", {"phone": phone})
        assert answer.status_code == 202, answer.text
        return Code(phone, answer.json()["request_id"], self.last_code())

    def last_code(self) -> str:
        """Return the code in the newest message."""
        found = re.search(r"[0-9]{6}", self.sms.messages(1)[0].text)
        assert found is not None
        return found.group()

    def sign_up(self, phone: str = PHONE, **draft: Any) -> dict[str, Any]:
        """Sign a rider up and return the answer."""
        answer = self.post("/riders", {**sign_up_body(), **draft, **self.ask(phone).body})
        assert answer.status_code in {200, 201}, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def rider(self, phone: str = PHONE, **draft: Any) -> Principal:
        """Sign a rider up and return the rider."""
        made = self.sign_up(phone, **draft)
        return Principal(made["rider_id"], Role.RIDER, made["subdistrict"])

    def tokens(self, **grant: str) -> Response:
        """Ask for tokens."""
        return self.post("/token", grant)

    def known_networks(self) -> list[str]:
        """Return whose networks are known."""
        with self.bench.read() as session:
            return list(session.scalars(select(KnownNetwork.person_id)))

    @contextmanager
    def system(self) -> Iterator[Any]:
        """Open the transaction of a command from the command line."""
        with self.bench.command(Principal("console", Role.OPERATOR)) as session:
            yield session


def sign_up_body(**draft: Any) -> dict[str, Any]:
    """Return a valid sign-up without phone and code."""
    consents = [{"purpose": "service", "granted": True}, {"purpose": "photo", "granted": True}]
    plain = {"platform": "meituan", "subdistrict": BALIZHUANG, "language": "zh-CN", "consents": consents}
    return {**plain, **draft}


def secret_of(uri: str) -> str:
    """Return the one-time password secret in an authenticator's address."""
    found = re.search(r"secret=([A-Z2-7]+)", uri)
    assert found is not None, totp_uri("A", "b")
    return found.group(1)


def problem_of(answer: Response) -> str:
    """Return the code of the problem that a request was answered with."""
    return str(answer.json()["type"]).rpartition("/")[2]
