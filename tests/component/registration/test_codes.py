"""Codes by SMS: what is answered, what is stored, what is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from services.registration.codes.models import CodeRequest
from services.registration.codes.sms import SMSError
from services.registration.limits.models import LimitUse
from services.registration.service import build
from tests.component.registration.stage import PHONE, Stage, problem_of, sign_up_body
from tests.harness import Bench


class BrokenSMS:
    """A channel that is down."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def forget(self, _phone: str) -> None:
        """Keep nothing."""

    def send(self, _phone: str, _text: str) -> None:
        """Fail."""
        raise self.error

    def close(self) -> None:
        """Hold nothing."""


@contextmanager
def on(stage: Stage, sms: BrokenSMS) -> Iterator[Bench]:
    """Run registration with another channel."""
    yield Bench(build(replace(stage.ports, sms=sms)), stage.bench.clock.now())


def test_the_answer_is_the_same_for_a_known_and_an_unknown_phone(stage: Stage) -> None:
    stage.sign_up(PHONE)

    stage.pass_time(minutes=1)
    known, unknown = stage.post("/codes", {"phone": PHONE}), stage.post("/codes", {"phone": "13900000000"})

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.json().keys() == unknown.json().keys() == {"request_id", "expires_at"}
    assert known.json()["expires_at"] == unknown.json()["expires_at"]


@pytest.mark.parametrize(
    "written", ["+86 138-1234-5678", "0086 13812345678", "８６１３８１２３４５６７８", "138 1234 5678"]
)
def test_a_phone_is_understood_however_it_is_written(stage: Stage, written: str) -> None:
    answer = stage.post("/codes", {"phone": written})

    assert answer.status_code == 202
    assert stage.sms.messages(1)[0].phone == PHONE


@pytest.mark.parametrize("text", ["12812345678", "1381234567", "+1 2025550123", "hello"])
def test_what_is_no_mobile_number_is_refused(stage: Stage, text: str) -> None:
    answer = stage.post("/codes", {"phone": text})

    assert (answer.status_code, problem_of(answer)) == (422, "phone-invalid")
    assert text not in answer.text


def test_neither_code_nor_phone_is_stored_in_clear(stage: Stage) -> None:
    code = stage.ask()

    with stage.bench.read() as session:
        row = session.scalars(select(CodeRequest)).one()
    assert len(row.code_digest) == len(row.phone_digest) == 64
    assert {code.code, PHONE}.isdisjoint({row.code_digest, row.phone_digest})


def test_a_code_expires_after_five_minutes(stage: Stage) -> None:
    code = stage.ask()

    stage.pass_time(minutes=5)
    answer = stage.post("/riders", {**sign_up_body(), **code.body})

    assert (answer.status_code, problem_of(answer)) == (400, "code-expired")


def test_a_code_counts_once(stage: Stage) -> None:
    code = stage.ask()
    stage.post("/riders", {**sign_up_body(), **code.body})

    again = stage.post("/riders", {**sign_up_body(), **code.body})

    assert problem_of(again) == "code-used"


def test_after_five_wrong_tries_the_right_code_is_refused_too(stage: Stage) -> None:
    code = stage.ask()

    left = [stage.tokens(grant_type="code", **code.wrong).json()["tries_left"] for _ in range(5)]
    answer = stage.tokens(grant_type="code", **code.body)

    assert left == [4, 3, 2, 1, 0]
    assert problem_of(answer) == "code-tries-spent"


def test_wrong_codes_at_sign_up_take_tries_too(stage: Stage) -> None:
    code = stage.ask()

    wrong = [stage.post("/riders", {**sign_up_body(), **code.wrong}) for _ in range(6)]

    assert [problem_of(answer) for answer in wrong] == ["code-wrong"] * 5 + ["code-tries-spent"]


def test_guesses_at_the_same_moment_share_five_tries(stage: Stage) -> None:
    code = stage.ask()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: stage.tokens(grant_type="code", **code.wrong), range(8)))

    told = sorted(problem_of(answer) for answer in answers)
    assert told == ["code-tries-spent"] * 3 + ["code-wrong"] * 5


def test_a_code_is_bound_to_its_request_and_its_phone(stage: Stage) -> None:
    mine, other = stage.ask(PHONE), stage.ask("13900000000")

    crossed = stage.tokens(grant_type="code", phone=PHONE, request_id=mine.request_id, code=other.code)
    foreign = stage.tokens(grant_type="code", phone=PHONE, request_id=other.request_id, code=other.code)

    assert problem_of(crossed) == "code-wrong"
    assert problem_of(foreign) == "code-unknown"


def test_a_draft_that_cannot_be_accepted_takes_no_try(stage: Stage) -> None:
    code = stage.ask()

    refused = [stage.post("/riders", {**sign_up_body(platform="ghost"), **code.body}) for _ in range(6)]
    accepted = stage.post("/riders", {**sign_up_body(), **code.body})

    assert {problem_of(answer) for answer in refused} == {"platform-unknown"}
    assert accepted.status_code == 201


def test_a_channel_that_fails_is_said_and_the_code_stays_counted(stage: Stage) -> None:
    with on(stage, BrokenSMS(SMSError("down"))) as bench, bench.http() as http:
        answer = http.post("/api/registration/codes", json={"phone": PHONE})
        again = http.post("/api/registration/codes", json={"phone": PHONE})

    assert (answer.status_code, problem_of(answer), answer.headers["Retry-After"]) == (502, "sms-failed", "60")
    assert problem_of(again) == "too-many-tries"


def test_a_kill_while_sending_leaves_the_code_counted(stage: Stage) -> None:
    with on(stage, BrokenSMS(RuntimeError("killed"))) as bench:
        with bench.http() as http:
            http.post("/api/registration/codes", json={"phone": PHONE})

        with bench.read() as session:
            uses = sorted(session.scalars(select(LimitUse.bucket)))
    assert uses == ["code-address", "code-network", "code-phone", "code-unknown-all"]


def test_the_message_is_in_the_language_of_the_caller(stage: Stage) -> None:
    with stage.http(language="zh-CN") as http:
        http.post("/api/registration/codes", json={"phone": PHONE})

    assert "验证码" in stage.sms.messages(1)[0].text
