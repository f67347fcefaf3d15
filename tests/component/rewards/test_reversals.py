"""A correction is an entry of its own: an award is taken back whole, or refused with what is left of it."""

from datetime import timedelta

from shared.events.rewards import PointsReversedV1
from tests.component.rewards.stage import DISTRICT, HERE, RIDER, STAFF, Stage

WHY = {"reason": "issued-in-error"}


def test_an_award_is_taken_back_by_a_reversing_entry(stage: Stage) -> None:
    stage.earn(10)
    entry_id = _entry(stage, "award")

    answer = stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY)

    assert answer.status_code == 201
    assert (answer.json()["points"], answer.json()["reverses"]) == (-10, entry_id)
    assert stage.balance() == (0, 0, 0)
    assert stage.sub_district_sums() == {}
    assert stage.get(RIDER, "/riders/me/balance").json()["earned_total"] == 0
    (told,) = stage.bench.told(PointsReversedV1)
    assert (told.points, told.reason, told.reversed_entry_id) == (-10, "issued-in-error", entry_id)


def test_an_award_that_was_partly_spent_is_not_taken_back_and_the_refusal_says_what_is_left(stage: Stage) -> None:
    stage.report()
    stage.verify(severity="critical")
    stage.voucher(stage.offer(points=30))

    answer = stage.post(DISTRICT, f"/entries/{_entry(stage, 'award')}/reversals", WHY)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "points-partly-used")
    assert (answer.json()["points"], answer.json()["left"]) == (50, 20)
    assert stage.balance() == (20, 0, 0)


def test_an_award_that_was_spent_is_taken_back_once_its_voucher_is_void(stage: Stage) -> None:
    stage.report()
    stage.verify(severity="critical")
    voucher_id = stage.voucher()
    stage.post(STAFF, f"/vouchers/{voucher_id}/voidings", {"reason": "misuse"})

    answer = stage.post(DISTRICT, f"/entries/{_entry(stage, 'award')}/reversals", WHY)

    assert answer.status_code == 201
    assert stage.balance() == (0, 0, 0)


def test_an_entry_is_reversed_once(stage: Stage) -> None:
    stage.earn(10)
    entry_id = _entry(stage, "award")
    first = stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY).json()

    again = stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY)

    assert (again.status_code, again.json()["reversal_id"]) == (409, first["id"])
    assert stage.balance() == (0, 0, 0)


def test_a_reversal_cannot_be_reversed_and_neither_can_a_spending(stage: Stage) -> None:
    stage.earn(50)
    stage.voucher()
    stage.bench.clock.advance(timedelta(seconds=1))
    stage.earn(10)
    reversal = stage.post(DISTRICT, f"/entries/{_entry(stage, 'award')}/reversals", WHY).json()

    answers = [
        stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY)
        for entry_id in (reversal["id"], _entry(stage, "spend"))
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert [answer.json()["entry_kind"] for answer in answers] == ["correct", "spend"]


def test_only_district_staff_reverse_entries(stage: Stage) -> None:
    stage.earn(10)
    entry_id = _entry(stage, "award")

    answers = [stage.post(who, f"/entries/{entry_id}/reversals", WHY).status_code for who in (RIDER, STAFF)]

    assert answers == [403, 403]
    assert stage.balance() == (10, 0, 0)


def test_an_unknown_entry_is_not_found(stage: Stage) -> None:
    assert stage.post(DISTRICT, "/entries/entry-9/reversals", WHY).status_code == 404


def test_an_award_of_an_erased_rider_cannot_be_reversed(stage: Stage) -> None:
    stage.earn(10)
    entry_id = _entry(stage, "award")
    stage.erase()

    answer = stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (410, "account-erased")


def test_an_expired_award_is_not_taken_back(stage: Stage) -> None:
    stage.earn(10)
    entry_id = _entry(stage, "award")
    stage.pass_time(timedelta(days=366))

    answer = stage.post(DISTRICT, f"/entries/{entry_id}/reversals", WHY)

    assert (answer.status_code, answer.json()["left"]) == (409, 0)
    assert stage.sub_district_sums() == {f"subdistrict/{HERE}/issued": -10, f"subdistrict/{HERE}/expired": 10}


def _entry(stage: Stage, kind: str) -> str:
    """Return the newest entry of a kind."""
    entries = stage.get(RIDER, "/riders/me/statement").json()["entries"]["items"]
    return next(str(entry["id"]) for entry in entries if entry["kind"] == kind)
