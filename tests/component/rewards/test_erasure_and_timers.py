"""A timer and the erasure of its rider, in either order: what was due before the erasure is told as due."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.rewards.models import METADATA
from shared.events.registration import RiderErasedV1
from shared.events.rewards import (
    PointsExpiredV1,
    PointsReleasedV1,
    PointsReversedV1,
    VoucherExpiredV1,
    VoucherVoidedV1,
)
from shared.messaging.tables import event_log
from tests.component.rewards.stage import HERE, RIDER, STAFF, Stage

DAY = timedelta(days=1)
End = tuple[list[str], list[str]]


def reserve(stage: Stage) -> None:
    """Reserve a voucher and leave it at that."""
    stage.earn(50)
    stage.reserve(stage.offer())


def issue(stage: Stage) -> None:
    """Have a voucher issued and leave it unused."""
    stage.earn(50)
    stage.voucher()


def report(stage: Stage) -> None:
    """Report what nobody decides."""
    stage.report()


def earn(stage: Stage) -> None:
    """Earn points and keep them."""
    stage.earn(20)


def reserve_points_that_expire(stage: Stage) -> None:
    """Reserve, on their last day, points that expire before the reservation ends."""
    stage.earn(50)
    offer_id = stage.offer()
    stage.bench.clock.advance(365 * DAY + timedelta(hours=11, minutes=55))
    stage.reserve(offer_id)


@pytest.mark.parametrize(
    ("prepare", "later"),
    [
        (reserve, timedelta(minutes=10)),
        (issue, 31 * DAY),
        (report, 30 * DAY),
        (earn, 366 * DAY),
        (reserve_points_that_expire, timedelta(minutes=20)),
    ],
)
def test_a_timer_that_was_due_before_an_erasure_may_fire_after_it(
    prepare: Callable[[Stage], None], later: timedelta
) -> None:
    in_time, late = Stage(), Stage()
    for stage in (in_time, late):
        prepare(stage)
        stage.bench.clock.advance(later)

    in_time.bench.fire_timers()
    in_time.erase()
    late.erase()
    late.bench.fire_timers()

    assert _end(late) == _end(in_time)
    assert late.findings() == []


def test_what_was_due_before_an_erasure_is_told_as_expired(stage: Stage) -> None:
    stage.earn(100)
    stage.report()
    offer_id = stage.offer()
    stage.voucher(offer_id)
    stage.reserve(offer_id)
    stage.bench.clock.advance(400 * DAY)

    stage.erase()

    assert {event.reason for event in stage.bench.told(PointsReleasedV1)} == {"expired"}
    assert [event.points for event in stage.bench.told(PointsExpiredV1)] == [10] * 5
    assert len(stage.bench.told(VoucherExpiredV1)) == 1
    assert (stage.bench.told(PointsReversedV1), stage.bench.told(VoucherVoidedV1)) == ([], [])


def test_a_voucher_that_expired_while_the_erasure_was_on_its_way_is_void(stage: Stage) -> None:
    issue(stage)
    erased_at = stage.bench.clock.now() + DAY
    stage.pass_time(40 * DAY)

    stage.tell(RiderErasedV1(subdistrict=HERE, rider_id=RIDER.id), at=erased_at)

    (shown,) = stage.get(STAFF, "/vouchers").json()["items"]
    assert (shown["state"], shown["ended_at"], shown["reason"]) == ("void", "2026-09-19T04:00:00Z", "erased")
    assert (stage.posted(), stage.sub_district_sums()) == ((0, 0, 0), {})


def _end(stage: Stage) -> End:
    """Return every row, and every event that was told."""
    with stage.bench.read() as session:
        rows = [str(row) for table in METADATA.sorted_tables for row in session.execute(select(table))]
        documents = list(session.scalars(select(event_log.c.document).order_by(event_log.c.ordinal)))
    return sorted(rows), documents
