"""Accounts: opened by whatever is heard first, following their riders, fed by classes too."""

from datetime import timedelta

from services.rewards.ledger.models import Balance
from shared.events.registration import RiderMovedV1
from shared.events.rewards import AccountMovedV1, PointsAwardedV1
from tests.component.rewards.stage import ELSEWHERE, HERE, RIDER, STAFF, STAFF_ELSEWHERE, Stage


def test_a_class_attended_earns_ten_points_once_for_class_and_rider(stage: Stage) -> None:
    stage.attend("class-1")
    stage.attend("class-1")
    stage.attend("class-2")

    assert stage.balance() == (20, 0, 0)
    awarded = stage.bench.told(PointsAwardedV1)
    assert [(event.cause_kind, event.cause_id, event.points) for event in awarded] == [
        ("attendance", "class-1", 10),
        ("attendance", "class-2", 10),
    ]


def test_two_riders_of_a_class_earn_ten_points_each(stage: Stage) -> None:
    stage.attend("class-1", "rider-1")
    stage.attend("class-1", "rider-2")

    assert (stage.balance("rider-1"), stage.balance("rider-2")) == ((10, 0, 0), (10, 0, 0))


def test_a_rider_who_moves_keeps_all_points_and_is_seen_by_the_new_staff(stage: Stage) -> None:
    stage.register()
    stage.earn(20)

    stage.tell(_move())

    assert stage.balance() == (20, 0, 0)
    assert stage.get(STAFF_ELSEWHERE, "/riders/rider-1/statement").json()["available"] == 20
    assert stage.get(STAFF, "/riders/rider-1/statement").status_code == 404
    assert [event.subdistrict for event in stage.bench.told(AccountMovedV1)] == [ELSEWHERE]


def test_the_later_move_counts(stage: Stage) -> None:
    now = stage.bench.clock.now()

    stage.tell(_move(), at=now)
    stage.tell(_move(HERE, ELSEWHERE), at=now - timedelta(hours=1))

    assert _home(stage) == ELSEWHERE


def test_signing_up_does_not_overrule_a_move_that_is_known(stage: Stage) -> None:
    stage.tell(_move())

    stage.register()

    assert _home(stage) == ELSEWHERE


def test_points_earned_before_the_rider_was_heard_of_are_in_the_account(stage: Stage) -> None:
    stage.earn(10)

    stage.register()

    assert stage.balance() == (10, 0, 0)
    assert _home(stage) == HERE


def test_a_rider_of_whom_nothing_was_heard_has_an_empty_account(stage: Stage) -> None:
    shown = stage.get(RIDER, "/riders/me/balance").json()

    assert (shown["available"], shown["held"], shown["reserved"], shown["level"]) == (0, 0, 0, 1)
    assert stage.get(RIDER, "/riders/me/statement").json()["entries"]["total"] == 0


def test_level_and_next_expiry_are_shown_with_the_balance(stage: Stage) -> None:
    stage.earn(100)
    stage.bench.clock.advance(timedelta(days=1))
    stage.earn(30)

    shown = stage.get(RIDER, "/riders/me/balance").json()

    assert (shown["available"], shown["earned_total"], shown["level"], shown["next_level_at"]) == (130, 130, 2, 300)
    assert (shown["next_expiry_points"], shown["next_expiry_at"]) == (100, "2027-09-18T16:00:00Z")


def _move(to: str = ELSEWHERE, since: str = HERE) -> RiderMovedV1:
    return RiderMovedV1(subdistrict=to, rider_id="rider-1", previous_subdistrict=since)


def _home(stage: Stage) -> str | None:
    with stage.bench.read() as session:
        balance = session.get(Balance, "rider-1")
        return None if balance is None else balance.subdistrict
