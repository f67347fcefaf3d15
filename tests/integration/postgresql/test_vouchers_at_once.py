"""Many who want one voucher, and two processes that spend one balance."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from services.rewards.redemptions import commands as redemptions
from services.rewards.redemptions.models import Redemption
from services.rewards.redemptions.schemas import Scan
from services.rewards.vouchers import commands as vouchers
from services.rewards.vouchers.schemas import VoucherOrder
from shared.errors import Refusal
from shared.events.rewards import PointsHeldV1, VoucherRedeemedV1
from tests.component.rewards.stage import LAUNDRY, RIDER, Stage
from tests.harness import Bench
from tests.integration.postgresql.second import beside

THREADS = 16


def test_of_a_thousand_redemptions_of_one_voucher_one_succeeds() -> None:
    stage = _with_points(50)
    scan = Scan(code=stage.code(stage.voucher()))

    def redeem(bench: Bench) -> str:
        try:
            with bench.command(LAUNDRY) as session:
                redemptions.redeem_voucher(session, LAUNDRY, scan, stage.digest)
        except Refusal as refusal:
            return refusal.kind.code
        return "redeemed"

    with ThreadPoolExecutor(THREADS) as pool, beside(stage.bench) as other:
        answers = list(pool.map(redeem, [stage.bench, other] * 500))

    assert (answers.count("redeemed"), answers.count("voucher-redeemed")) == (1, 999)
    assert len(stage.bench.told(VoucherRedeemedV1)) == 1
    with stage.bench.read() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1


def test_two_processes_that_spend_one_balance_never_overdraw_it() -> None:
    stage = _with_points(120)
    order = VoucherOrder(offer_id=stage.offer())

    def reserve(bench: Bench) -> str:
        try:
            with bench.command(RIDER) as session:
                return vouchers.reserve_voucher(session, RIDER, order)
        except Refusal as refusal:
            return refusal.kind.code

    with ThreadPoolExecutor(THREADS) as pool, beside(stage.bench) as other:
        answers = list(pool.map(reserve, [stage.bench, other] * 30))

    assert answers.count("points-short") == 58
    assert stage.balance() == stage.posted() == (20, 0, 100)
    assert len([held for held in stage.bench.told(PointsHeldV1) if held.cause_kind == "voucher"]) == 2
    assert stage.findings() == []


def _with_points(points: int) -> Stage:
    stage = Stage()
    stage.partner()
    stage.earn(points)
    return stage
