"""Whatever others try, nobody who holds what is needed is kept from signing in."""

from datetime import timedelta

import pytest

from services.registration.limits.rules import Limit
from tests.component.registration.stage import PHONE, Stage, problem_of, sign_up_body
from tests.component.registration.test_staff_sign_in import Person, make_boss

HOME, NEXT_DOOR, ELSEWHERE = "203.0.113.1", "203.0.113.200", "198.51.100.7"
HOUR, STRANGER = timedelta(hours=1), "13900000000"


def guess(stage: Stage, boss: Person, times: int) -> list[int]:
    return [stage.tokens(**boss.grant(password="another password")).status_code for _ in range(times)]


def test_ten_wrong_passwords_close_a_login_for_a_while_to_their_own_network(stage: Stage) -> None:
    boss = make_boss(stage)
    with stage.at(ELSEWHERE):
        wrong = guess(stage, boss, 10)
        closed = stage.tokens(**boss.grant())
    opened = stage.tokens(**boss.grant())
    stage.pass_time(minutes=15)
    with stage.at(ELSEWHERE):
        later = stage.tokens(**boss.grant())

    assert wrong == [401] * 10
    assert (closed.status_code, closed.headers["Retry-After"]) == (429, "900")
    assert (opened.status_code, later.status_code) == (200, 200)


def test_an_ipv6_network_counts_as_one_whatever_the_address(stage: Stage) -> None:
    boss = make_boss(stage)
    for number in range(10):
        with stage.at(f"2001:db8:1:2::{number}"):
            guess(stage, boss, 1)

    with stage.at("2001:db8:1:2::ffff"):
        closed = stage.tokens(**boss.grant())

    assert closed.status_code == 429


def test_many_networks_only_slow_a_login_down(stage: Stage) -> None:
    stage.limit(password_try=(Limit("wrong-login", 3, HOUR, pause=timedelta(seconds=30)),))
    boss = make_boss(stage)
    for number in range(3):
        with stage.at(f"198.51.{number}.1"):
            guess(stage, boss, 1)

    slowed = stage.tokens(**boss.grant())
    stage.pass_time(seconds=30)
    taken = stage.tokens(**boss.grant())

    assert (slowed.status_code, slowed.headers["Retry-After"], taken.status_code) == (429, "30", 200)


def test_what_strangers_try_does_not_touch_who_signed_in_from_the_network_before(stage: Stage) -> None:
    tight = tuple(Limit(name, 1, HOUR) for name in ("wrong-login", "wrong-address", "wrong-network"))
    stage.limit(password_try=tight)
    boss = make_boss(stage)
    with stage.at(HOME):
        stage.tokens(**boss.grant())
    stage.pass_time(seconds=30)
    for address in (ELSEWHERE, NEXT_DOOR):
        with stage.at(address):
            guess(stage, boss, 2)
            stage.tokens(**boss.grant(login="somebody"))

    with stage.at(NEXT_DOOR):
        answer = stage.tokens(**boss.grant())

    assert answer.status_code == 200


def test_a_network_is_known_for_ninety_days_after_the_last_sign_in(stage: Stage) -> None:
    stage.limit(password_try=(Limit("wrong-login", 1, HOUR),))
    boss = make_boss(stage)
    stage.tokens(**boss.grant())
    statuses = []
    for days in (89, 91):
        stage.pass_time(days=days)
        with stage.at(ELSEWHERE):
            stage.rider(f"138000000{days}")
            guess(stage, boss, 1)
        statuses.append(stage.tokens(**boss.grant()).status_code)

    assert statuses == [200, 429]


def test_a_code_that_counts_can_be_used_whatever_others_tried(stage: Stage) -> None:
    stage.limit(code_try=tuple(Limit(name, 1, HOUR) for name in ("wrong-address", "wrong-network", "wrong-all")))
    mine, other = stage.ask(), stage.ask(STRANGER)
    wrong = [stage.tokens(grant_type="code", **other.wrong) for _ in range(3)]

    answer = stage.post("/riders", {**sign_up_body(), **mine.body})

    assert [problem_of(one) for one in wrong] == ["code-wrong", "code-wrong", "code-tries-spent"]
    assert [one.json().get("tries_left") for one in wrong] == [4, 0, None]
    assert answer.status_code == 201


def test_over_the_budget_unknown_phones_get_no_message_and_the_answer_does_not_tell(stage: Stage) -> None:
    stage.limit(unknown=(Limit("code-unknown-all", 2, HOUR),))
    stage.rider()
    with stage.at(ELSEWHERE):
        stage.post("/codes", {"phone": "13900000001"})
        stage.pass_time(minutes=1)
        known = stage.post("/codes", {"phone": PHONE})
        withheld = stage.post("/codes", {"phone": STRANGER})

    assert (known.status_code, withheld.status_code) == (202, 202)
    assert known.json().keys() == withheld.json().keys()
    assert [one.phone for one in stage.sms.messages(2)] == [PHONE, "13900000001"]


def test_a_code_that_was_withheld_is_never_right(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.limit(unknown=(Limit("code-unknown-all", 1, HOUR),))
    stage.ask(PHONE)
    monkeypatch.setattr("services.registration.codes.api.digits", lambda *_: "123456")
    asked = stage.post("/codes", {"phone": STRANGER}).json()

    body = {"phone": STRANGER, "request_id": asked["request_id"], "code": "123456"}
    answer = stage.tokens(grant_type="code", **body)

    assert problem_of(answer) == "code-wrong"


def test_who_asks_for_a_rider_s_codes_elsewhere_uses_up_none_of_those_at_home(stage: Stage) -> None:
    stage.limit(known=(Limit("code-known-all", 1, HOUR),))
    stage.rider()
    with stage.at(ELSEWHERE):
        stage.pass_time(minutes=1)
        elsewhere = [stage.post("/codes", {"phone": PHONE}).status_code for _ in range(2)]

    with stage.at(NEXT_DOOR):
        at_home = stage.post("/codes", {"phone": PHONE})

    assert (elsewhere, at_home.status_code) == ([202, 429], 202)
    assert len(stage.sms.messages()) == 3


def test_the_networks_of_an_erased_rider_are_forgotten(stage: Stage) -> None:
    rider = stage.rider()
    known = stage.known_networks()

    stage.send("DELETE", "/riders/me", by=rider)

    assert (known, stage.known_networks()) == ([rider.id], [])
