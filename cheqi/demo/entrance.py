"""How people come in: riders by phone and code, staff and partners by invitation, password and authenticator."""

import re
import secrets
from functools import partial
from typing import Any

import pyotp

from cheqi.demo.day import Day
from cheqi.demo.person import TOKEN, Answer, Person, StepFailedError, accepted

ACTIVATIONS = "/api/registration/staff/activations"
CODES = "/api/registration/codes"
RIDERS = "/api/registration/riders"
PASSWORD_BYTES = 18
ZH, EN = "zh-CN", "en"


def new_password() -> str:
    """Return a password that nobody can guess."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def post_openly(day: Day, path: str, body: dict[str, Any]) -> Answer:
    """Give a command that needs no sign-in; raises StepFailedError."""
    return dict(accepted(day.http.post(path, json=body)).json())


def enter_staff(day: Day, name: str, invitation: str) -> Person:
    """Let an invited person choose a password and sign in."""
    password = new_password()
    chosen = post_openly(day, ACTIVATIONS, {"invitation": invitation, "password": password})
    return enter_account(day, name, chosen["login"], password, chosen["totp_uri"])


def enter_account(day: Day, name: str, login: str, password: str, totp_uri: str) -> Person:
    """Sign an account in with its password and what its authenticator shows."""
    person = Person(day.http, day.clock, partial(_tokens_for_password, day, login, password, totp_uri), ZH)
    day.people[name] = person
    return person


def enter_rider(day: Day, name: str, draft: dict[str, Any]) -> Answer:
    """Sign a rider up, or recognise one who is known; return the answer without its tokens."""
    phone, language = draft["phone"], draft["language"]
    answer = post_openly(day, RIDERS, {**draft, **proof_of_phone(day, phone)})
    person = Person(day.http, day.clock, partial(_tokens_for_code, day, phone), language)
    person.id = answer["rider_id"]
    person.hold(answer)
    day.people.setdefault(name, person)
    return {field: answer[field] for field in ("rider_id", "known", "subdistrict", "language")}


def proof_of_phone(day: Day, phone: str) -> dict[str, str]:
    """Ask for a code and return it as it came by SMS, with the request that it belongs to."""
    request = post_openly(day, CODES, {"phone": phone})
    return {"request_id": request["request_id"], "code": _newest_code(day, phone)}


def _newest_code(day: Day, phone: str) -> str:
    for message in day.messages():
        code = re.search(r"\b[0-9]{6}\b", message["text"])
        if message["phone"] == phone and code is not None:
            return code.group()
    text = f"expected a code by SMS for {phone}, none came"
    raise StepFailedError(text)


def _tokens_for_password(day: Day, login: str, password: str, totp_uri: str) -> Answer:
    totp = pyotp.parse_uri(totp_uri)
    assert isinstance(totp, pyotp.TOTP)  # noqa: S101 - the service hands out no other kind
    shown = totp.at(day.clock.now())
    grant = {"grant_type": "password", "login": login, "password": password, "totp": shown}
    return post_openly(day, TOKEN, grant)


def _tokens_for_code(day: Day, phone: str) -> Answer:
    return post_openly(day, TOKEN, {"grant_type": "code", "phone": phone, **proof_of_phone(day, phone)})
