"""Rewards does not start on another key of voucher codes than the one under which they were made."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from services.rewards.ports import Ports
from services.rewards.service import build
from services.rewards.vouchers.models import Voucher
from shared.errors import ConfigurationError
from shared.node import Node
from tests.component.rewards.stage import RIDER, Stage


@pytest.fixture
def stage() -> Stage:
    """Return rewards with a rider who has points for two vouchers."""
    stage = Stage()
    stage.earn(100)
    return stage


def on_a_new_key(stage: Stage) -> Node:
    """Return the same service on the same store, whose key of voucher codes was lost and made anew."""
    return replace(stage.bench.node, service=build(code_key=b"n" * 32))


def test_codes_that_no_partner_could_redeem_keep_it_from_starting(stage: Stage) -> None:
    stage.voucher()

    with pytest.raises(ConfigurationError, match=r"another voucher-codes\.key.* put the former one back"):
        on_a_new_key(stage).refuse_start()

    stage.bench.node.refuse_start()


def test_a_code_of_a_time_on_a_wrong_key_is_logged_and_does_not_keep_the_right_one_out(stage: Stage) -> None:
    stage.voucher()
    newest = stage.voucher()
    under_wrong_key = Ports(code_key=b"n" * 32).digest(stage.code(newest))
    with stage.bench.store.write() as session:
        session.execute(update(Voucher).where(Voucher.id == newest).values(code_digest=under_wrong_key))

    with capture_logs() as lines:
        stage.bench.node.refuse_start()

    assert [(line["vouchers"], line["of"]) for line in lines] == [([newest], 2)]


def test_where_no_code_stands_any_key_will_do(stage: Stage) -> None:
    stage.reserve(stage.offer())

    on_a_new_key(stage).refuse_start()


def test_what_cannot_be_read_any_more_tells_nothing_of_the_key(stage: Stage) -> None:
    stage.voucher()
    stage.bench.keys.destroy(RIDER.id)

    on_a_new_key(stage).refuse_start()
