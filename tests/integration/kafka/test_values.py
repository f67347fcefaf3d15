"""Whatever a value or a handler does, the agent goes on: what is bad is parked, what is transient is tried again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.component.messaging.pair import Steps
from tests.containers.patience import until
from tests.integration.kafka.stage import Stage, running

HOSTILE = [
    None,
    b"",
    b"\xff\xfe\x00",
    b"\x00" * 100,
    b"[" * 50_000,
    b'{"a":' * 20_000,
    b'"' + b"9" * 400_000 + b'"',
    b'{"specversion": "1.0", "id": "\\ud800"}',
    "车骑".encode("gb18030"),
]


class FailingStatement:
    """Lets the nth statement that the listener's worker writes with fail once, as if the store had been away."""

    def __init__(self, number: int) -> None:
        self.left, self.failed = number, False

    @contextmanager
    def counting(self, stage: Stage) -> Iterator[None]:
        """Count while the block runs."""
        counted = (stage.pair.listener.store.engine, "before_cursor_execute", self._count)
        event.listen(*counted)
        yield
        event.remove(*counted)

    def _count(self, *told: Any) -> None:
        self.left -= str(told[2]).startswith(("INSERT", "UPDATE", "DELETE"))
        if self.left == 0 and not self.failed:
            self.failed = True
            raise OperationalError("x", {}, Exception("disk I/O error"))


@pytest.mark.parametrize("stage", ["run", "stock"], indirect=True)
def test_hostile_values_are_parked_and_what_stands_behind_them_is_applied(stage: Stage) -> None:
    for value in HOSTILE:
        stage.deliver_raw(value)
    stage.deliver_raw(b"\xff", key=b"\xff\x00")
    stage.tell("h1")

    with running(stage) as worker:
        stage.until_noted("h1")
        until(lambda: stage.pair.gauge("parked_events") >= len(HOSTILE) - 1)
    assert worker.troubles == []


@pytest.mark.parametrize("stage", ["run", "stock"], indirect=True)
def test_a_store_that_is_away_is_tried_again_in_place_and_nothing_is_parked(stage: Stage) -> None:
    tries = Steps(enough=4)

    def away(_session: Session) -> None:
        tries()
        if tries.count < 4:
            raise OperationalError("x", {}, Exception("database is locked"))

    stage.pair.fault = away
    stage.tell("h1")

    with running(stage) as worker:
        stage.until_noted("h1")
    assert worker.applier.progress >= 4
    assert stage.pair.gauge("parked_events") == 0


def test_a_run_that_is_tried_again_is_abandoned_when_the_worker_stops_and_comes_back(stage: Stage) -> None:
    tries = Steps(enough=2)

    def away(_session: Session) -> None:
        tries()
        raise OperationalError("x", {}, Exception("database is locked"))

    stage.pair.fault = away
    stage.tell("h1")
    with running(stage):
        tries.wait()
    before = stage.effects()
    stage.pair.fault = lambda _session: None

    with running(stage):
        stage.until_noted("h1")
    assert before == []


@pytest.mark.parametrize("statement", range(1, 6))
def test_a_fault_at_any_statement_of_a_run_loses_nothing(stage: Stage, statement: int) -> None:
    failing = FailingStatement(statement)
    stage.tell("h1", "h2")

    with failing.counting(stage), running(stage):
        stage.until_noted("h1", "h2")
    assert failing.failed
    assert stage.pair.gauge("parked_events") == 0


def test_a_fault_of_the_service_stops_applying_is_told_and_lets_the_partition_wait(stage: Stage) -> None:
    with stage.pair.listener.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE effect RENAME TO elsewhere")
    stage.tell("h1")

    with running(stage) as worker:
        until(lambda: worker.troubles)
        progress = worker.applier.progress
        until(lambda: worker.applier.progress > progress)
        joined = worker.joined
    assert joined
    assert not stage.pair.listener.node.health().ready
    assert stage.pair.gauge("parked_events") == 0
    assert not any(one for (source, _), one in stage.checkpoints().items() if source == "governance")
