"""Statements: what a rider's accounts came to as of any moment, page by page, for the rider and the rider's staff."""

from datetime import timedelta

import pytest

from tests.component.rewards.stage import DISTRICT, LAUNDRY, OTHER, RIDER, STAFF, STAFF_ELSEWHERE, Stage


def test_a_statement_shows_the_accounts_as_of_any_moment(stage: Stage) -> None:
    start = stage.bench.clock.now()
    stage.report()
    stage.bench.clock.advance(timedelta(days=1))
    stage.verify(severity="critical")
    stage.bench.clock.advance(timedelta(days=1))
    stage.reserve(stage.offer(points=30))

    shown = [
        _as_of(stage, start + timedelta(days=days, seconds=seconds))
        for days, seconds in ((0, -1), (0, 0), (1, 0), (2, 0))
    ]

    assert shown == [(0, 0, 0, 0), (0, 10, 0, 1), (50, 0, 0, 2), (20, 0, 30, 3)]


@pytest.mark.parametrize("moment", ["99999999999", "1e9", "2026-01-01", "9999-12-31T23:59:59Z", "1969-12-31T00:00:00Z"])
def test_a_moment_of_a_statement_is_written_out_and_one_that_calendars_hold(stage: Stage, moment: str) -> None:
    stage.register()

    answer = stage.get(RIDER, "/riders/me/statement", as_of=moment)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.as_of")


def test_a_statement_is_paged_newest_first_with_a_true_total(stage: Stage) -> None:
    for number in range(5):
        stage.bench.clock.advance(timedelta(seconds=1))
        stage.attend(f"class-{number}")

    first = stage.get(RIDER, "/riders/me/statement", limit="3").json()["entries"]
    rest = stage.get(RIDER, "/riders/me/statement", limit="3", cursor=first["next"]).json()["entries"]

    assert [entry["cause_id"] for entry in first["items"] + rest["items"]] == [f"class-{n}" for n in (4, 3, 2, 1, 0)]
    assert (first["total"], rest["total"], rest["next"]) == (5, 5, None)


def test_a_rider_sees_the_own_entries_only(stage: Stage) -> None:
    stage.earn(10, OTHER.id)

    assert stage.get(RIDER, "/riders/me/statement").json()["entries"]["total"] == 0
    assert stage.get(RIDER, "/riders/rider-2/statement").status_code == 404


def test_staff_see_the_statements_of_their_own_sub_district_s_riders(stage: Stage) -> None:
    stage.register()

    answers = [
        stage.get(who, "/riders/rider-1/statement").status_code for who in (STAFF, DISTRICT, STAFF_ELSEWHERE, LAUNDRY)
    ]

    assert answers == [200, 200, 404, 404]


def test_a_rider_whose_home_is_not_known_yet_is_shown_to_district_staff_only(stage: Stage) -> None:
    stage.earn(10)

    answers = [stage.get(who, "/riders/rider-1/statement").status_code for who in (STAFF, DISTRICT)]

    assert answers == [404, 200]


def test_a_moment_without_zone_is_refused(stage: Stage) -> None:
    assert stage.get(RIDER, "/riders/me/statement", as_of="2026-09-18T12:00:00").status_code == 422


def test_staff_and_partners_have_no_account_of_their_own(stage: Stage) -> None:
    paths = ("/riders/me/balance", "/riders/me/statement", "/vouchers/mine")

    assert {stage.get(who, path).status_code for who in (STAFF, LAUNDRY) for path in paths} == {403}


def test_riders_and_staff_have_no_redemptions(stage: Stage) -> None:
    assert {stage.get(who, "/redemptions").status_code for who in (RIDER, STAFF)} == {403}


def _as_of(stage: Stage, moment: object) -> tuple[int, int, int, int]:
    shown = stage.get(RIDER, "/riders/me/statement", as_of=str(moment).replace(" ", "T")).json()
    return shown["available"], shown["held"], shown["reserved"], shown["entries"]["total"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_no_calendar_of_ours_holds_is_refused(stage: Stage, moment: str) -> None:
    assert stage.get(RIDER, "/riders/me/statement", as_of=moment).status_code == 422
