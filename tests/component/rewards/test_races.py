"""Two who want the same at once: threads on one real store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.orm import Session

from services.rewards.redemptions import commands as redemptions
from services.rewards.redemptions.schemas import Scan
from services.rewards.vouchers import commands as vouchers
from services.rewards.vouchers.schemas import Voiding, VoucherOrder
from shared.auth import Principal
from shared.errors import Refusal
from shared.events.rewards import PointsSpentV1, VoucherRedeemedV1
from tests.component.rewards.stage import LAUNDRY, RIDER, STAFF, Stage

Command = Callable[[Session], str]


def test_six_reservations_at_once_never_spend_more_than_there_is(stage: Stage) -> None:
    stage.earn(120)
    order = VoucherOrder(offer_id=stage.offer())

    answers = _at_once(stage, [(RIDER, lambda session: vouchers.reserve_voucher(session, RIDER, order))] * 6)

    assert answers.count("points-short") == 4
    assert stage.balance() == (20, 0, 100)


def test_a_voucher_that_is_issued_four_times_at_once_is_paid_once(stage: Stage) -> None:
    stage.earn(50)
    voucher_id = stage.reserve(stage.offer())

    issue = (RIDER, lambda session: vouchers.issue_voucher(session, RIDER, voucher_id, str.lower))
    answers = _at_once(stage, [issue] * 4)

    assert answers.count("voucher-issued") == 3
    assert len(stage.bench.told(PointsSpentV1)) == 1


def test_of_two_partners_who_redeem_at_once_one_is_first(stage: Stage) -> None:
    stage.partner()
    stage.earn(50)
    scan, digest = Scan(code=stage.code(stage.voucher())), stage.digest

    redeem = (LAUNDRY, lambda session: redemptions.redeem_voucher(session, LAUNDRY, scan, digest))
    answers = _at_once(stage, [redeem] * 4)

    assert answers.count("voucher-redeemed") == 3
    assert len(stage.bench.told(VoucherRedeemedV1)) == 1


def test_a_voucher_is_redeemed_or_voided_and_never_both(stage: Stage) -> None:
    stage.partner()
    stage.earn(50)
    voucher_id = stage.voucher()
    scan, digest = Scan(code=stage.code(voucher_id)), stage.digest
    order = Voiding(reason="misuse")

    redeem = (LAUNDRY, lambda session: redemptions.redeem_voucher(session, LAUNDRY, scan, digest))
    void = (STAFF, lambda session: vouchers.void_voucher(session, STAFF, voucher_id, order))
    answers = _at_once(stage, [redeem, void])

    assert len({"voucher-redeemed", "voucher-void"} & set(answers)) == 1


def _at_once(stage: Stage, commands: list[tuple[Principal, Command]]) -> list[str]:
    ready = Barrier(len(commands))

    def run(order: tuple[Principal, Command]) -> str:
        principal, command = order
        ready.wait()
        try:
            with stage.bench.command(principal) as session:
                return command(session)
        except Refusal as refusal:
            return refusal.kind.code

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands))
