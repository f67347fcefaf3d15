"""Codes that no voucher has: refused, counted for the account, and limited."""

from datetime import timedelta

from tests.component.rewards.stage import LAUNDRY, Stage

COLLEAGUE = LAUNDRY.__class__(id="account-9", role=LAUNDRY.role, partner=LAUNDRY.partner)
WRONG = {"code": "0000000000"}


def test_an_unknown_code_is_refused_by_lookup_and_redemption(stage: Stage) -> None:
    stage.partner()

    answers = [stage.post(LAUNDRY, path, WRONG) for path in ("/voucher-lookups", "/redemptions")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers} == {"voucher-code-unknown"}


def test_after_thirty_wrong_codes_within_an_hour_the_account_waits_and_its_colleague_does_not(stage: Stage) -> None:
    stage.partner()
    stage.earn(50)
    scan = {"code": stage.code(stage.voucher())}
    for number in range(30):
        stage.post(LAUNDRY, "/redemptions" if number % 2 else "/voucher-lookups", WRONG)

    refused = stage.post(LAUNDRY, "/redemptions", scan)

    assert (refused.status_code, refused.json()["retry_after_s"]) == (429, 3600)
    assert refused.headers["Retry-After"] == "3600"
    assert stage.post(LAUNDRY, "/voucher-lookups", scan).status_code == 429
    assert stage.post(COLLEAGUE, "/redemptions", scan).status_code == 201


def test_after_an_hour_the_account_may_try_again(stage: Stage) -> None:
    stage.partner()
    for _ in range(30):
        stage.post(LAUNDRY, "/voucher-lookups", WRONG)

    stage.bench.clock.advance(timedelta(hours=1))

    assert stage.post(LAUNDRY, "/voucher-lookups", WRONG).status_code == 404


def test_right_codes_are_not_counted(stage: Stage) -> None:
    stage.partner()
    stage.earn(50)
    scan = {"code": stage.code(stage.voucher())}

    answers = {stage.post(LAUNDRY, "/voucher-lookups", scan).status_code for _ in range(40)}

    assert answers == {200}


def test_a_code_with_anything_else_in_it_is_refused_before_it_is_looked_up(stage: Stage) -> None:
    stage.partner()

    answers = [stage.post(LAUNDRY, "/redemptions", body) for body in ({}, {"code": ""}, {"code": "x" * 41})]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
