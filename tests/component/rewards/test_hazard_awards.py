"""Points of a report: held when it is told, awarded or released when it is decided."""

from datetime import timedelta

import pytest

from shared.events.rewards import PointsAwardedV1, PointsHeldV1, PointsReleasedV1
from tests.component.rewards.stage import HERE, STAFF, Stage

MONTH = timedelta(days=30)


def test_a_report_holds_ten_points_that_cannot_be_spent(stage: Stage) -> None:
    stage.report()

    assert stage.balance() == (0, 10, 0)
    (held,) = stage.bench.told(PointsHeldV1)
    assert (held.points, held.cause_kind, held.cause_id, held.subdistrict) == (10, "hazard", "hazard-1", HERE)


@pytest.mark.parametrize(
    ("severity", "points", "left"), [("low", 5, 5), ("medium", 10, 0), ("high", 20, 0), ("critical", 50, 0)]
)
def test_a_verified_report_is_awarded_by_its_severity(stage: Stage, severity: str, points: int, left: int) -> None:
    stage.report()

    stage.verify(severity=severity)

    assert stage.balance() == (points, 0, 0)
    assert [event.points for event in stage.bench.told(PointsAwardedV1)] == [points]
    assert [event.points for event in stage.bench.told(PointsReleasedV1)] == ([left] if left else [])


def test_an_award_is_one_lot_that_expires_a_year_later_at_the_end_of_the_day(stage: Stage) -> None:
    stage.report()

    stage.verify()

    (awarded,) = stage.bench.told(PointsAwardedV1)
    assert awarded.expires_at.isoformat() == "2027-09-18T16:00:00+00:00"


def test_a_report_that_is_verified_twice_is_awarded_once(stage: Stage) -> None:
    stage.report()

    stage.verify(severity="low")
    stage.verify(severity="critical")

    assert stage.balance() == (5, 0, 0)
    assert len(stage.bench.told(PointsAwardedV1)) == 1


def test_an_event_that_is_delivered_three_times_takes_effect_once(stage: Stage) -> None:
    stage.report()
    stage.verify()

    for _ in range(2):
        stage.deliver_again()

    assert stage.balance() == (10, 0, 0)
    assert len(stage.bench.told(PointsAwardedV1)) == 1


def test_a_report_over_the_daily_limit_holds_and_earns_nothing(stage: Stage) -> None:
    stage.report(earns=False)

    stage.verify(severity="critical")

    assert stage.balance() == (0, 0, 0)
    assert stage.bench.told(PointsHeldV1) == []


def test_a_rejected_report_releases_its_points_with_the_reason(stage: Stage) -> None:
    stage.report()

    stage.reject(reason="staged")

    assert stage.balance() == (0, 0, 0)
    (released,) = stage.bench.told(PointsReleasedV1)
    assert (released.points, released.reason) == (10, "staged")


def test_a_report_that_nobody_decides_is_released_after_thirty_days(stage: Stage) -> None:
    stage.report()

    stage.pass_time(MONTH - timedelta(seconds=1))
    held = stage.balance()
    stage.pass_time(timedelta(seconds=1))

    assert held == (0, 10, 0)
    assert stage.balance() == (0, 0, 0)
    assert [event.reason for event in stage.bench.told(PointsReleasedV1)] == ["expired"]


@pytest.mark.parametrize("severity", ["low", "critical"])
def test_a_verification_in_time_counts_though_it_arrives_after_the_hold_expired(stage: Stage, severity: str) -> None:
    reported_at = stage.report()
    twin = Stage()
    twin.report()
    twin.verify(severity=severity, at=reported_at + MONTH - timedelta(seconds=1))
    stage.pass_time(MONTH)

    stage.verify(severity=severity, at=reported_at + MONTH - timedelta(seconds=1))

    assert stage.balance() == twin.balance()
    assert stage.sub_district_sums() == twin.sub_district_sums()


@pytest.mark.parametrize("fired_first", [True, False])
def test_a_verification_after_the_hold_expired_earns_nothing_whether_or_not_the_timer_has_fired(
    *, fired_first: bool
) -> None:
    stage = Stage()
    reported_at = stage.report()
    stage.bench.clock.advance(MONTH)
    if fired_first:
        stage.bench.fire_timers()

    stage.verify(at=reported_at + MONTH)
    stage.bench.fire_timers()

    assert stage.balance() == (0, 0, 0)
    assert stage.bench.told(PointsAwardedV1) == []
    assert stage.findings() == []


def test_a_rejection_after_the_hold_expired_changes_nothing(stage: Stage) -> None:
    stage.report()
    stage.pass_time(MONTH)

    stage.reject()

    assert [event.reason for event in stage.bench.told(PointsReleasedV1)] == ["expired"]


def test_a_decision_of_a_report_that_was_never_told_earns_nothing(stage: Stage) -> None:
    stage.verify("hazard-9")
    stage.reject("hazard-8")

    assert stage.balance() == (0, 0, 0)
    assert stage.bench.told(PointsAwardedV1) == []


def test_points_appear_in_the_statement_that_staff_read(stage: Stage) -> None:
    stage.register()
    stage.report()
    stage.verify(severity="high")

    statement = stage.get(STAFF, "/riders/rider-1/statement").json()

    assert statement["available"] == 20
    assert {entry["kind"]: (entry["available"], entry["held"]) for entry in statement["entries"]["items"]} == {
        "award": (20, -10),
        "hold": (0, 10),
    }
