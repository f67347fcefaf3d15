"""Limits on asking for codes: they hold by phone, also after a restart, and what was counted is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from httpx2 import Response
from sqlalchemy import func, select

from services.registration.limits.models import LimitBucket, LimitUse
from tests.component.registration.stage import PHONE, Stage


def ask(stage: Stage, phone: str = PHONE) -> Response:
    return stage.post("/codes", {"phone": phone})


def test_a_phone_gets_one_code_a_minute_and_is_told_how_long_to_wait(stage: Stage) -> None:
    first = ask(stage)
    stage.pass_time(seconds=59)
    early = ask(stage)
    stage.pass_time(seconds=1)
    later = ask(stage)

    assert (first.status_code, early.status_code, later.status_code) == (202, 429, 202)
    assert (early.headers["Retry-After"], early.json()["retry_after_s"]) == ("1", 1)


def test_a_phone_gets_five_codes_an_hour(stage: Stage) -> None:
    statuses = []
    for _ in range(6):
        statuses.append(ask(stage).status_code)
        stage.pass_time(minutes=2)

    assert statuses == [202] * 5 + [429]


def test_a_phone_gets_ten_codes_a_day_and_the_window_slides(stage: Stage) -> None:
    statuses = []
    for _ in range(11):
        statuses.append(ask(stage).status_code)
        stage.pass_time(minutes=30)
    stage.pass_time(hours=18, minutes=31)
    following = ask(stage)

    assert statuses == [202] * 10 + [429]
    assert following.status_code == 202


def test_a_refused_request_counts_nothing_and_sends_nothing(stage: Stage) -> None:
    ask(stage)
    ask(stage)

    with stage.bench.read() as session:
        uses = session.scalar(select(func.count()).select_from(LimitUse).where(LimitUse.bucket == "code-phone"))
    assert (uses, len(stage.sms.messages())) == (1, 1)


def test_of_two_requests_at_the_same_moment_one_is_refused(stage: Stage) -> None:
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(lambda _: ask(stage), range(4)))

    assert statuses == [202, 429, 429, 429]


def test_a_limit_holds_in_another_process_on_the_same_store(stage: Stage) -> None:
    ask(stage)

    restarted = Stage(stage.folder)
    restarted.bench.store.close()
    restarted.bench.node = replace(restarted.bench.node, store=stage.bench.store)
    answer = ask(restarted)
    restarted.sms.close()

    assert answer.status_code == 429


def test_a_right_code_is_not_counted_among_the_wrong_ones(stage: Stage) -> None:
    stage.sign_up()

    with stage.bench.read() as session:
        wrong = session.scalar(select(func.count()).select_from(LimitUse).where(LimitUse.bucket == "wrong-all"))
    assert wrong == 0


def test_what_was_counted_is_forgotten_after_a_day_and_never_names_a_phone(stage: Stage) -> None:
    ask(stage)
    with stage.bench.read() as session:
        before = set(session.scalars(select(LimitUse.key).where(LimitUse.bucket == "code-phone")))
    stage.pass_time(days=1, seconds=1)
    ask(stage, "13900000000")

    with stage.bench.read() as session:
        left = {*session.scalars(select(LimitUse.key)), *session.scalars(select(LimitBucket.key))}
    assert PHONE not in before
    assert before.isdisjoint(left)
