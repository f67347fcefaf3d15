"""What was altered by hand in the database is found and named."""

import pytest
from sqlalchemy import text

from services.notify.audit import check
from shared.events.registration import RiderErasedV1
from tests.component.notify.samples import HERE, RIDER, SAMPLES
from tests.component.notify.stage import Stage


def _findings(stage: Stage) -> set[str]:
    with stage.bench.read() as session:
        return {finding.code for finding in check(session)}


def test_a_busy_day_and_an_erasure_leave_nothing_to_find(stage: Stage) -> None:
    stage.bench.apply(*SAMPLES)
    stage.send_due()
    busy = _findings(stage)

    stage.bench.apply(RiderErasedV1(**HERE, rider_id=RIDER))

    assert (busy, _findings(stage)) == (set(), set())


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM delivery WHERE channel = 'inbox'", "notice-without-delivery"),
        ("DELETE FROM delivery", "delivery-missing"),
        ("UPDATE delivery SET state = 'delivered'", "delivery-differs-from-log"),
        ("UPDATE delivery SET state = 'waiting' WHERE channel = 'inbox'", "delivery-differs-from-log"),
        ("UPDATE delivery SET reason = 'other' WHERE state = 'failed'", "delivery-differs-from-log"),
        ("INSERT INTO tombstone VALUES ('rider-2', '2026-09-18T00:00:00.000000Z')", "erased-rider-remains"),
    ],
)
def test_an_altered_row_is_found(stage: Stage, statement: str, code: str) -> None:
    stage.bench.apply(*SAMPLES)
    stage.send_due()

    with stage.bench.store.write() as session:
        session.execute(text(statement))

    assert code in _findings(stage)
