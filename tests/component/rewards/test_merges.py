"""Points of merged reports: they follow the surviving report, and the latest merge counts."""

from datetime import timedelta

import pytest

from shared.events.rewards import PointsAwardedV1, PointsReleasedV1
from tests.component.rewards.stage import OTHER, RIDER, Stage

MONTH = timedelta(days=30)


def test_a_merged_rider_who_shares_gets_half_of_the_award_out_of_the_own_hold(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id)

    stage.merge("hazard-2", "hazard-1", reported_at)
    stage.verify("hazard-1", "low")

    assert stage.balance(RIDER.id) == (5, 0, 0)
    assert stage.balance(OTHER.id) == (2, 0, 0)
    assert sorted(event.points for event in stage.bench.told(PointsReleasedV1)) == [5, 8]


def test_a_report_merged_after_the_verification_shares_at_once(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id)
    stage.verify("hazard-1", "critical")

    stage.merge("hazard-2", "hazard-1", reported_at)

    assert stage.balance(OTHER.id) == (25, 0, 0)


def test_a_report_that_is_heard_of_by_its_merge_first_is_held_once_and_alike(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.bench.clock.now()

    stage.merge("hazard-2", "hazard-1", reported_at)
    held = stage.balance(OTHER.id)
    stage.report("hazard-2", OTHER.id)
    stage.verify("hazard-1")

    assert held == (0, 10, 0)
    assert stage.balance(OTHER.id) == (5, 0, 0)


def test_a_merged_report_that_does_not_share_is_released_when_the_survivor_is_verified(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id)

    stage.merge("hazard-2", "hazard-1", reported_at, shares=False)
    held = stage.balance(OTHER.id)
    stage.verify("hazard-1")

    assert held == (0, 10, 0)
    assert stage.balance(OTHER.id) == (0, 0, 0)
    assert [event.reason for event in stage.bench.told(PointsReleasedV1)] == ["merged"]


def test_a_rejected_survivor_releases_the_reports_merged_into_it(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id)
    stage.merge("hazard-2", "hazard-1", reported_at)

    stage.reject("hazard-1", "unclear")

    assert stage.balance(OTHER.id) == (0, 0, 0)
    assert [event.reason for event in stage.bench.told(PointsReleasedV1)] == ["unclear", "unclear"]


def test_a_merged_report_over_the_daily_limit_gets_nothing(stage: Stage) -> None:
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id, earns=False)

    stage.merge("hazard-2", "hazard-1", reported_at, earns=False)
    stage.verify("hazard-1")

    assert stage.balance(OTHER.id) == (0, 0, 0)


def test_who_shares_is_paid_even_where_the_first_report_was_over_the_daily_limit(stage: Stage) -> None:
    stage.report("hazard-1", earns=False)
    reported_at = stage.report("hazard-2", OTHER.id)

    stage.merge("hazard-2", "hazard-1", reported_at)
    stage.verify("hazard-1", "high")

    assert (stage.balance(RIDER.id), stage.balance(OTHER.id)) == ((0, 0, 0), (10, 0, 0))


@pytest.mark.parametrize("later_first", [True, False])
def test_of_two_merges_of_a_report_the_later_one_counts_whichever_arrives_first(*, later_first: bool) -> None:
    stage = Stage()
    stage.report("hazard-1")
    stage.report("hazard-2")
    reported_at = stage.report("hazard-3", OTHER.id)
    earlier = stage.merge_event("hazard-3", "hazard-1", reported_at)
    later = stage.merge_event("hazard-3", "hazard-2", reported_at, shares=False)
    told = [(earlier, reported_at + timedelta(hours=1)), (later, reported_at + timedelta(hours=2))]

    for event, at in reversed(told) if later_first else told:
        stage.tell(event, at=at)
    stage.verify("hazard-1")
    held = stage.balance(OTHER.id)
    stage.verify("hazard-2")

    assert held == (0, 10, 0)
    assert stage.balance(OTHER.id) == (0, 0, 0)
    assert stage.findings() == []


def test_a_merged_report_whose_own_hold_had_expired_by_the_verification_gets_nothing(stage: Stage) -> None:
    reported_at = stage.report("hazard-2", OTHER.id)
    stage.pass_time(timedelta(days=29))
    stage.report("hazard-1")
    stage.merge("hazard-2", "hazard-1", reported_at)
    stage.pass_time(timedelta(days=1))

    stage.verify("hazard-1")

    assert (stage.balance(RIDER.id), stage.balance(OTHER.id)) == ((10, 0, 0), (0, 0, 0))


def test_a_share_in_time_is_paid_though_its_hold_expired_before_it_arrived(stage: Stage) -> None:
    reported_at = stage.report("hazard-1")
    stage.report("hazard-2", OTHER.id)
    stage.pass_time(MONTH)

    verified_at = reported_at + timedelta(days=1)
    stage.verify("hazard-1", "high", at=verified_at)
    stage.tell(stage.merge_event("hazard-2", "hazard-1", reported_at), at=verified_at + timedelta(hours=1))

    assert stage.balance(OTHER.id) == (10, 0, 0)
    assert len(stage.bench.told(PointsAwardedV1)) == 2


def test_a_merge_into_a_report_that_was_never_told_leaves_the_points_held(stage: Stage) -> None:
    stage.merge("hazard-2", "hazard-9", stage.bench.clock.now())

    assert stage.balance(OTHER.id) == (0, 10, 0)
