"""Who gives commands while the process is killed: an administrator, staff of one sub-district, and riders."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any, Protocol
from uuid import uuid4

import httpx2
import pyotp

from shared.clock import SystemClock

SUBDISTRICT, COMMUNITY = "110108005", "110108005001"
PASSWORD = "seven horses at dawn"
CONSENTS = [{"purpose": "service", "granted": True}, {"purpose": "photo", "granted": True}]
RIDER_DRAFT = {"platform": "meituan", "subdistrict": SUBDISTRICT, "language": "en", "consents": CONSENTS}
Answer = dict[str, Any]


@dataclass(frozen=True)
class People:
    """Access tokens, which outlast the test, and the offer that riders spend points on."""

    administrator: str
    staff: str
    riders: tuple[str, ...]
    offer_id: str


class Setup(Protocol):
    """What runs: where it answers, and what an operator may do about it."""

    @property
    def address(self) -> str:
        """Where it answers."""
        ...

    def run(self, *arguments: str, given: str = "") -> CompletedProcess[str]:
        """Carry out a command of `cheqi`."""
        ...

    def messages(self) -> Sequence[dict[str, str]]:
        """Return the newest text messages, newest first."""
        ...


def settle_in(process: Setup, riders: int) -> People:
    """Let everybody come in over HTTP, after the first administrator was made on the command line."""
    with httpx2.Client(base_url=process.address, timeout=30) as http:
        made = process.run("staff", "create-administrator", "--login", "chief", "--password-stdin", given=PASSWORD)
        assert made.returncode == 0, made.stderr
        administrator = _token_for_password(http, "chief", made.stdout.strip())
        draft = {"role": "subdistrict-staff", "subdistrict": SUBDISTRICT, "login": "clerk"}
        invited = send(http, administrator, "/api/registration/staff", draft)
        chosen = _openly(http, "/staff/activations", {"invitation": invited["invitation"], "password": PASSWORD})
        titles = {"title_zh": "解暑包", "title_en": "Cool-down"}
        offer = send(http, administrator, "/api/rewards/offers", {"kind": "cool-down", "points": 1, **titles})
        return People(
            administrator=administrator,
            staff=_token_for_password(http, "clerk", chosen["totp_uri"]),
            riders=tuple(_sign_up(process, http, f"1380000{number:04}") for number in range(riders)),
            offer_id=offer["id"],
        )


def send(http: httpx2.Client, token: str, path: str, body: Answer) -> Answer:
    """Give one command that must be accepted."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    return _accepted(http.post(path, json=body, headers=headers))


def _openly(http: httpx2.Client, path: str, body: Answer) -> Answer:
    return _accepted(http.post(f"/api/registration{path}", json=body))


def _accepted(answer: httpx2.Response) -> Answer:
    assert answer.is_success, answer.text
    return dict(answer.json())


def _token_for_password(http: httpx2.Client, login: str, totp_uri: str) -> str:
    totp = pyotp.parse_uri(totp_uri)
    assert isinstance(totp, pyotp.TOTP)
    shown = totp.at(SystemClock().now())
    grant = {"grant_type": "password", "login": login, "password": PASSWORD, "totp": shown}
    return str(_openly(http, "/token", grant)["access_token"])


def _sign_up(process: Setup, http: httpx2.Client, phone: str) -> str:
    request = _openly(http, "/codes", {"phone": phone})
    texts = [message["text"] for message in process.messages() if message["phone"] == phone]
    code = re.search(r"\b[0-9]{6}\b", texts[0])
    assert code is not None
    proof = {"phone": phone, "request_id": request["request_id"], "code": code.group()}
    return str(_openly(http, "/riders", {**RIDER_DRAFT, **proof})["access_token"])
