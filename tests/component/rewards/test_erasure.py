"""An erased rider: what is open is settled, what is left is taken back, and nothing leads to the rider any more."""

from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, select

from services.rewards.models import METADATA
from shared.events.erasure import RiderDataErasedV1
from shared.events.rewards import PointsHeldV1, PointsReversedV1, VoucherVoidedV1
from tests.component.rewards.stage import HERE, LAUNDRY, OTHER, RIDER, STAFF, Stage


def test_what_an_erased_rider_had_goes_back_to_where_it_was_issued(stage: Stage) -> None:
    stage.register()
    stage.report()
    stage.earn(30)

    stage.erase()

    assert stage.posted() == (0, 0, 0)
    assert stage.sub_district_sums() == {}
    assert [event.points for event in stage.bench.told(PointsReversedV1)] == [-10, -10, -10]
    assert [event.service for event in stage.bench.told(RiderDataErasedV1)] == ["rewards"]


def test_vouchers_of_an_erased_rider_are_void_and_reservations_end(stage: Stage) -> None:
    stage.partner()
    stage.earn(100)
    offer_id = stage.offer()
    voucher_id = stage.voucher(offer_id)
    code = stage.code(voucher_id)
    stage.reserve(offer_id)

    stage.erase()

    assert stage.posted() == (0, 0, 0)
    (voided,) = stage.bench.told(VoucherVoidedV1)
    assert (voided.voucher_id, voided.reason) == (voucher_id, "erased")
    refused = stage.post(LAUNDRY, "/redemptions", {"code": code})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "voucher-void")
    assert {one["state"] for one in stage.get(STAFF, "/vouchers").json()["items"]} == {"void", "released"}


def test_a_redeemed_voucher_of_an_erased_rider_stays_redeemed_and_cannot_be_undone(stage: Stage) -> None:
    stage.partner()
    stage.earn(50)
    redeemed = stage.post(LAUNDRY, "/redemptions", {"code": stage.code(stage.voucher())}).json()

    stage.erase()

    answer = stage.post(LAUNDRY, f"/redemptions/{redeemed['id']}/undo")
    assert answer.json()["type"].rpartition("/")[2] == "voucher-without-rider"
    assert [one["state"] for one in stage.get(STAFF, "/vouchers").json()["items"]] == ["redeemed"]
    assert stage.sub_district_sums() == {f"subdistrict/{HERE}/issued": -50, f"subdistrict/{HERE}/redeemed": 50}


def test_only_the_accounts_of_old_entries_still_name_an_erased_rider(stage: Stage) -> None:
    stage.register()
    stage.report()
    stage.earn(50)
    stage.voucher()

    stage.erase()

    with stage.bench.read() as session:
        naming = {
            table.name
            for table in METADATA.sorted_tables
            if any("rider-1" in str(row) for row in session.execute(select(table)))
        }
    assert naming == {"entry", "posting"}


def test_what_is_sealed_is_gone_with_an_erased_rider(stage: Stage) -> None:
    stage.earn(50)
    stage.voucher()
    sealed = [table for table in METADATA.sorted_tables if any(isinstance(c.type, LargeBinary) for c in table.columns)]

    stage.erase()

    with stage.bench.read() as session:
        assert [session.execute(select(table)).all() for table in sealed] == [[]]


def test_whatever_arrives_late_opens_nothing_for_an_erased_rider(stage: Stage) -> None:
    stage.erase()

    stage.register()
    stage.report()
    stage.verify(severity="critical")
    stage.attend()

    assert stage.posted() == (0, 0, 0)
    assert stage.bench.told(PointsHeldV1) == []
    assert stage.get(STAFF, "/riders/rider-1/statement").status_code == 404


@pytest.mark.parametrize("erased_first", [True, False])
def test_a_merged_rider_still_shares_when_the_first_one_is_erased(*, erased_first: bool) -> None:
    stage = Stage()
    stage.report("hazard-1", RIDER.id)
    reported_at = stage.report("hazard-2", OTHER.id)
    stage.merge("hazard-2", "hazard-1", reported_at)

    if erased_first:
        stage.erase(RIDER.id)
    stage.verify("hazard-1", "high")
    if not erased_first:
        stage.erase(RIDER.id)

    assert stage.balance(OTHER.id) == (10, 0, 0)
    assert stage.posted(RIDER.id) == (0, 0, 0)
    assert stage.findings() == []


def test_the_share_of_an_erased_rider_is_not_posted(stage: Stage) -> None:
    stage.report("hazard-1", RIDER.id)
    reported_at = stage.bench.clock.now()
    stage.erase(OTHER.id)

    stage.merge("hazard-2", "hazard-1", reported_at)
    stage.verify("hazard-1", "high")

    assert stage.posted(OTHER.id) == (0, 0, 0)
    assert stage.balance(RIDER.id) == (20, 0, 0)


def test_a_rider_who_was_erased_while_signed_in_is_told_so(stage: Stage) -> None:
    stage.earn(50)
    offer_id = stage.offer()
    stage.erase()

    answer = stage.post(RIDER, "/vouchers", {"offer_id": offer_id})

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (410, "account-erased")


def test_timers_of_an_erased_rider_find_nothing_left_to_do(stage: Stage) -> None:
    stage.report()
    stage.earn(100)
    offer_id = stage.offer()
    stage.voucher(offer_id)
    stage.reserve(offer_id)
    stage.erase()

    stage.pass_time(timedelta(days=400))

    assert stage.posted() == (0, 0, 0)
    assert stage.bench.node.gauges()["overdue_timers"] == 0


def test_a_voucher_past_its_time_expires_with_its_rider(stage: Stage) -> None:
    stage.earn(50)
    stage.voucher()
    stage.bench.clock.advance(timedelta(days=31))

    stage.erase()

    assert [one["state"] for one in stage.get(STAFF, "/vouchers").json()["items"]] == ["expired"]
    assert stage.bench.told(VoucherVoidedV1) == []
