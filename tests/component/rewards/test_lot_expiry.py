"""Points expire by lot, the oldest are spent first, and what is valid is never taken."""

from datetime import timedelta

from services.rewards.ledger.models import Lot
from shared.events.rewards import PointsExpiredV1
from tests.component.rewards.stage import HERE, RIDER, Stage

YEAR = timedelta(days=365)
DAY = timedelta(days=1)


def test_points_that_are_not_spent_expire_at_the_end_of_their_last_day(stage: Stage) -> None:
    stage.earn(10)

    stage.pass_time(YEAR + timedelta(hours=11, minutes=59))
    before = stage.balance()
    stage.pass_time(timedelta(minutes=1))

    assert before == (10, 0, 0)
    assert stage.balance() == (0, 0, 0)
    assert stage.sub_district_sums() == {f"subdistrict/{HERE}/issued": -10, f"subdistrict/{HERE}/expired": 10}
    (expired,) = stage.bench.told(PointsExpiredV1)
    assert expired.points == 10


def test_the_oldest_points_are_spent_first_and_only_what_is_left_of_them_expires(stage: Stage) -> None:
    stage.report()
    stage.verify(severity="critical")
    stage.pass_time(DAY)
    stage.earn(20)
    stage.voucher(stage.offer(points=30))

    stage.pass_time(YEAR - timedelta(hours=1))

    assert stage.balance() == (20, 0, 0)
    assert [event.points for event in stage.bench.told(PointsExpiredV1)] == [20]


def test_a_lot_that_was_spent_whole_expires_without_a_word(stage: Stage) -> None:
    stage.earn(10)
    stage.voucher(stage.offer(points=10))

    stage.pass_time(YEAR + DAY)

    assert stage.bench.told(PointsExpiredV1) == []


def test_points_whose_expiry_is_not_booked_yet_cannot_be_spent(stage: Stage) -> None:
    stage.earn(10)
    offer_id = stage.offer(points=10)

    stage.bench.clock.advance(YEAR + timedelta(hours=12))

    answer = stage.post(RIDER, "/vouchers", {"offer_id": offer_id})
    assert (answer.status_code, answer.json()["available"]) == (409, 0)
    assert stage.get(RIDER, "/riders/me/balance").json()["available"] == 0


def test_reserved_points_may_be_spent_until_the_reservation_ends_though_their_lot_expires(stage: Stage) -> None:
    stage.earn(10)
    offer_id = stage.offer(points=10)
    stage.bench.clock.advance(YEAR + timedelta(hours=11, minutes=55))
    voucher_id = stage.reserve(offer_id)

    stage.pass_time(timedelta(minutes=6))
    answer = stage.post(RIDER, f"/vouchers/{voucher_id}/issue")

    assert answer.status_code == 201
    assert stage.bench.told(PointsExpiredV1) == []


def test_points_released_after_their_lot_has_expired_expire_at_once(stage: Stage) -> None:
    stage.earn(20)
    offer_id = stage.offer(points=15)
    stage.bench.clock.advance(YEAR + timedelta(hours=11, minutes=55))
    stage.reserve(offer_id)

    stage.pass_time(timedelta(minutes=5))
    at_expiry = stage.balance()
    stage.pass_time(timedelta(minutes=5))

    assert at_expiry == (0, 0, 15)
    assert stage.balance() == (0, 0, 0)
    assert sorted(event.points for event in stage.bench.told(PointsExpiredV1)) == [5, 5, 10]


def test_no_moment_of_a_statement_shows_less_than_nothing(stage: Stage) -> None:
    stage.earn(20)
    offer_id = stage.offer(points=15)
    stage.bench.clock.advance(YEAR + timedelta(hours=11, minutes=55))
    start = stage.bench.clock.now()
    stage.reserve(offer_id)
    stage.pass_time(timedelta(minutes=20))

    moments = [start + timedelta(minutes=minutes) for minutes in range(21)]
    shown = [stage.get(RIDER, "/riders/me/statement", as_of=moment.isoformat()).json() for moment in moments]

    assert all(min(one["available"], one["reserved"]) >= 0 for one in shown)
    assert (shown[1]["available"], shown[1]["reserved"]) == (5, 15)
    assert (shown[6]["available"], shown[6]["reserved"]) == (0, 15)
    assert (shown[20]["available"], shown[20]["reserved"]) == (0, 0)


def test_a_late_timer_expires_what_is_left_at_the_moment_it_was_due(stage: Stage) -> None:
    stage.earn(10)
    with stage.bench.read() as session:
        due = session.query(Lot).one().expires_at

    stage.pass_time(YEAR + 7 * DAY)

    entries = stage.get(RIDER, "/riders/me/statement").json()["entries"]["items"]
    assert [entry["time"] for entry in entries if entry["kind"] == "expire"] == [due.strftime("%Y-%m-%dT%H:%M:%SZ")]
