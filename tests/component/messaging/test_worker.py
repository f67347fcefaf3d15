"""The worker goes on whatever one step meets: what is transient is tried again, a fault of the service is told."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NoReturn

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.messaging.relay import Relay
from shared.messaging.timers import TimerLoop
from shared.messaging.worker import SWEEP_EVERY
from tests.component.messaging.pair import Pair, Steps, running


def fail_for_good(*_with: Any) -> NoReturn:
    """Fail as nothing does that is tried again."""
    raise ZeroDivisionError


def break_relay(_pair: Pair, patch: pytest.MonkeyPatch) -> None:
    """Let no event be relayed any more by those who relay from now on."""
    patch.setattr(Relay, "step", fail_for_good)


def break_timers(_pair: Pair, patch: pytest.MonkeyPatch) -> None:
    """Let timers fail."""
    patch.setattr(TimerLoop, "fire_due", fail_for_good)


def break_sending(pair: Pair, _patch: pytest.MonkeyPatch) -> None:
    """Let sending fail."""
    pair.send = fail_for_good


def test_a_step_relays_applies_fires_timers_and_sends_and_an_idle_one_says_so() -> None:
    pair, sent = Pair(), Steps()
    pair.send = sent
    pair.tell("h1", "h2")
    pair.tell_of_own("o1")
    pair.set_timer("t1")
    worker = pair.worker()

    worked = worker.step()
    while worker.step():
        pass

    assert worked is True
    assert pair.effects() == ["h1", "h2", "t1"]
    assert pair.gauge("unsent_events") == 0
    assert sent.count >= 2


def test_what_a_step_sends_counts_as_work() -> None:
    pair = Pair()
    worker = pair.worker()
    idle = worker.step()
    pair.send = lambda: 1

    assert (idle, worker.step()) == (False, True)


def test_a_publisher_that_is_away_is_asked_again_and_nothing_is_parked() -> None:
    pair, applied = Pair(), Steps()
    pair.tell("h1")
    pair.log.away = 3
    pair.fault = applied

    with running(pair.worker()):
        applied.wait()

    assert (pair.effects(), pair.gauge("parked_events")) == (["h1"], 0)
    assert pair.log.away == 0
    assert pair.listener.node.troubles == []


def test_a_busy_store_is_tried_again_and_nothing_is_parked() -> None:
    pair, tries = Pair(), Steps(enough=3)
    pair.tell("h1")

    def busy_twice(_session: Session) -> None:
        tries()
        if tries.count < 3:
            raise OperationalError("x", {}, Exception("database is locked"))

    pair.fault = busy_twice
    with running(pair.worker()):
        tries.wait()

    assert (pair.effects(), pair.gauge("parked_events")) == (["h1"], 0)
    assert pair.listener.node.health().ready


def test_each_try_waits_longer_than_the_one_before() -> None:
    pair, tries = Pair(), Steps(enough=4)
    moments: list[float] = []

    def fail() -> int:
        moments.append(time.monotonic())
        tries()
        raise ConnectionError

    pair.send = fail
    with running(pair.worker()):
        tries.wait()

    waits = [after - before for before, after in pairwise(moments)]
    assert all(wait >= least for wait, least in zip(waits, (0.1, 0.2, 0.4), strict=False))


def test_a_fault_of_the_service_stops_applying_and_the_rest_of_the_work_goes_on() -> None:
    pair = Pair()
    pair.fault = read_a_table_that_is_missing
    worker = pair.worker()
    pair.tell("h1")
    worker.step()

    pair.fault = lambda _session: None
    pair.tell("h2")
    pair.tell_of_own("o1")
    pair.set_timer("t1")
    worker.step()

    assert pair.effects() == ["t1"]
    assert (pair.gauge("unsent_events"), pair.gauge("parked_events")) == (0, 0)


def test_a_service_that_applies_nothing_is_not_ready_and_says_why() -> None:
    pair = Pair()
    pair.fault = read_a_table_that_is_missing
    pair.tell("h1")

    before = pair.listener.http().get("/api/listener/readyz")
    pair.worker().step()
    after = pair.listener.http().get("/api/listener/readyz")

    assert (before.status_code, after.status_code) == (200, 503)
    (reason,) = after.json()["reasons"]
    assert reason.startswith("no event is applied: OperationalError at ")


def test_a_process_that_starts_again_with_the_fault_mended_applies_what_it_had_left() -> None:
    pair = Pair()
    pair.fault = read_a_table_that_is_missing
    pair.tell("h1", "h2")
    pair.worker().step()

    pair.fault = lambda _session: None
    pair.listener.node.troubles.clear()
    pair.worker().step()

    assert pair.effects() == ["h1", "h2"]


@pytest.mark.parametrize(
    ("break_one_kind", "trouble"),
    [(break_relay, "no event is published"), (break_timers, "no timer fires"), (break_sending, "nothing is sent")],
)
def test_a_kind_of_work_that_fails_for_good_stops_alone_and_is_told(
    monkeypatch: pytest.MonkeyPatch, break_one_kind: Callable[[Pair, pytest.MonkeyPatch], None], trouble: str
) -> None:
    pair = Pair()
    with monkeypatch.context() as patch:
        break_one_kind(pair, patch)
        worker = pair.worker()
        worker.step()

    pair.tell("h1")
    worked = [worker.step(), worker.step()]
    ready = pair.listener.http().get("/api/listener/readyz")

    assert (pair.effects(), worked) == (["h1"], [True, False])
    assert (ready.status_code, ready.json()["reasons"][0].partition(" at ")[0]) == (
        503,
        f"{trouble}: ZeroDivisionError",
    )
    assert len(ready.json()["reasons"]) == 1


def test_a_kind_of_work_that_failed_for_good_is_not_tried_again() -> None:
    pair, tries = Pair(), Steps()

    def fail() -> int:
        tries()
        raise ZeroDivisionError

    pair.send = fail
    worker = pair.worker()
    for _step in range(3):
        worker.step()

    assert tries.count == 1


def test_what_is_transient_in_one_kind_of_work_does_not_hold_up_the_others() -> None:
    pair = Pair()
    pair.log.away = 1
    pair.tell_of_own("o1")
    pair.set_timer("t1")

    with pytest.raises(ConnectionError):
        pair.worker().step()

    assert (pair.effects(), pair.gauge("unsent_events")) == (["t1"], 0)
    assert pair.listener.node.troubles == []


def test_a_worker_that_is_woken_looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.loop.POLL_S", 3600)
    pair, idle, applied = Pair(), Steps(enough=1), Steps()
    pair.send, pair.fault = idle, applied

    with running(pair.worker()) as worker:
        idle.wait()
        pair.tell("h1")
        worker.wake()
        applied.wait()

    assert pair.effects() == ["h1"]


def test_what_the_bus_lost_is_fetched_once_a_minute() -> None:
    pair = Pair()
    worker = pair.worker()
    worker.step()
    pair.tell("h1")
    pair.log.lost = True

    worker.step()
    before = pair.effects()
    for _round in range(2):
        pair.listener.clock.advance(SWEEP_EVERY)
        worker.step()

    assert (before, pair.effects()) == ([], ["h1"])


def test_stopping_ends_the_step_in_hand_and_begins_no_other() -> None:
    pair, begun = Pair(), Steps()
    pair.send = begun
    worker = pair.worker()
    worker.start()
    begun.wait()

    worker.stop()
    pair.tell("h1")
    worker.wake()

    assert pair.effects() == []


def test_a_worker_that_was_never_started_can_be_stopped() -> None:
    pair = Pair()

    pair.worker().stop()

    assert pair.effects() == []


def read_a_table_that_is_missing(session: Session) -> None:
    """Fail as a service does whose tables were not migrated."""
    session.execute(text("SELECT * FROM not_migrated"))
