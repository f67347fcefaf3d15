"""Whatever riders, staff and time do, points are neither made nor lost, and valid ones are never eaten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.rewards.ledger.models import Lot
from services.rewards.offers.commands import add_offer
from services.rewards.offers.schemas import OfferDraft
from services.rewards.vouchers import commands
from services.rewards.vouchers.models import Voucher
from services.rewards.vouchers.schemas import Voiding, VoucherOrder
from shared.errors import Refusal
from shared.messaging import now
from tests.component.rewards.stage import DISTRICT, RIDER, STAFF, Stage

DEEDS = st.lists(
    st.sampled_from(["earn", "earn", "reserve", "reserve", "issue", "void", "minutes", "weeks", "months"]), max_size=30
)


class Model:
    """What a rider should have, kept as plainly as possible: each lot's points, and where each voucher took them."""

    def __init__(self) -> None:
        self.lots: dict[str, tuple[datetime, int]] = {}
        self.vouchers: dict[str, dict[str, int]] = {}

    def valid(self, at: datetime) -> int:
        """Return how many points are good at a moment."""
        return sum(left for expires_at, left in self.lots.values() if expires_at > at)

    def take(self, voucher_id: str, points: int, at: datetime) -> None:
        """Take points of the oldest lots."""
        taken = self.vouchers[voucher_id] = {}
        for lot_id, (expires_at, left) in sorted(self.lots.items(), key=lambda item: (item[1][0], item[0])):
            used = min(left, points) if expires_at > at else 0
            points -= used
            taken[lot_id] = used
            self.lots[lot_id] = (expires_at, left - used)

    def give_back(self, voucher_id: str) -> None:
        """Put back what a voucher took."""
        for lot_id, used in self.vouchers.pop(voucher_id).items():
            expires_at, left = self.lots[lot_id]
            self.lots[lot_id] = (expires_at, left + used)


class Play:
    """One rider's life with points, beside the model of it."""

    def __init__(self, draw: Random) -> None:
        self.stage, self.model, self.draw = Stage(), Model(), draw
        with self.stage.bench.command(DISTRICT) as session:
            draft = OfferDraft(kind="laundry", title_zh="洗衣券", title_en="Laundry", points=15)
            self.offer_id = add_offer(session, DISTRICT, draft)

    def do(self, deed: str) -> None:
        """Do one thing, and compare."""
        steps = {"minutes": timedelta(minutes=7), "weeks": timedelta(days=20), "months": timedelta(days=120)}
        if deed in steps:
            self._pass_time(steps[deed])
        else:
            {"earn": self._earn, "reserve": self._reserve, "issue": self._issue, "void": self._void}[deed]()
        available, _, reserved = self.stage.balance()
        assert available == self.model.valid(self.stage.bench.clock.now())
        assert reserved == 15 * len(self._vouchers("reserved"))
        assert self.stage.posted() == self.stage.balance()

    def _earn(self) -> None:
        self.stage.earn(10 * self.draw.randrange(1, 3))
        with self.stage.bench.read() as session:
            for lot in session.scalars(select(Lot)):
                self.model.lots.setdefault(lot.id, (lot.expires_at, lot.points))

    def _reserve(self) -> None:
        moment = self.stage.bench.clock.now()
        order, wanted = VoucherOrder(offer_id=self.offer_id), self.model.valid(moment) >= 15
        voucher_id = self._try(lambda session: commands.reserve_voucher(session, RIDER, order))
        assert (voucher_id is not None) == wanted
        if voucher_id is not None:
            self.model.take(voucher_id, 15, moment)

    def _issue(self) -> None:
        for voucher_id in self._vouchers("reserved")[:1]:
            digest = str.lower
            assert self._try(lambda session: commands.issue_voucher(session, RIDER, voucher_id, digest)) is not None  # noqa: B023 - called at once

    def _void(self) -> None:
        for voucher_id in self._vouchers("issued")[:1]:
            order = Voiding(reason="misuse")
            assert self._try(lambda session: commands.void_voucher(session, STAFF, voucher_id, order)) is not None  # noqa: B023 - called at once
            self.model.give_back(voucher_id)

    def _pass_time(self, step: timedelta) -> None:
        self.stage.bench.clock.advance(step)
        ended = self._vouchers("reserved")
        self.stage.bench.fire_timers()
        for voucher_id in ended:
            if voucher_id not in self._vouchers("reserved"):
                self.model.give_back(voucher_id)

    def _vouchers(self, state: str) -> list[str]:
        with self.stage.bench.read() as session:
            return list(session.scalars(select(Voucher.id).where(Voucher.state == state).order_by(Voucher.id)))

    def _try(self, command: Callable[..., str]) -> str | None:
        try:
            with self.stage.bench.command(RIDER) as session:
                assert now(session) == self.stage.bench.clock.now()
                return command(session)
        except Refusal:
            return None


@given(deeds=DEEDS, draw=st.randoms(use_true_random=False))
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_balances_are_what_the_plainest_model_says_and_the_audit_agrees(deeds: list[str], draw: Random) -> None:
    play = Play(draw)

    for deed in deeds:
        play.do(deed)

    assert play.stage.findings() == []
    assert sum(play.stage.sub_district_sums().values()) == -sum(play.stage.posted())
