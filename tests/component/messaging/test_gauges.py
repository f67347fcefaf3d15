"""What an operator watches of a service: how long things wait, how far it is behind, and what has stopped."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.messaging.seldom import EVERY
from shared.messaging.timers import redrive_timer
from tests.component.messaging.pair import Pair, note_ring


@pytest.fixture
def pair() -> Pair:
    """Return a publisher and a listener who has heard nothing yet."""
    return Pair()


def pass_by(pair: Pair, seconds: float) -> None:
    """Let some time pass for the listener."""
    pair.listener.clock.advance(timedelta(seconds=seconds))


def fail_badly(_session: Session) -> None:
    """Fail as an event's own fault does."""
    raise ValueError


def settle(pair: Pair) -> None:
    """Let the listener work until it has nothing to do."""
    worker = pair.worker()
    while worker.step():
        pass


def test_the_oldest_unsent_event_waits_from_when_it_is_first_seen_until_it_is_sent(pair: Pair) -> None:
    assert pair.gauge("oldest_unsent_seconds") == 0
    pair.tell_of_own("o1")

    waited = [pair.gauge("oldest_unsent_seconds")]
    for _ in range(2):
        pass_by(pair, 15)
        pair.tell_of_own("o2")
        waited.append(pair.gauge("oldest_unsent_seconds"))
    settle(pair)

    assert waited == [0, 15, 30]
    assert (pair.gauge("unsent_events"), pair.gauge("oldest_unsent_seconds")) == (0, 0)


def test_an_event_that_is_numbered_and_not_acknowledged_is_the_oldest(pair: Pair) -> None:
    pair.tell_of_own("o1")
    pair.gauge("oldest_unsent_seconds")
    pair.work().relay.number()  # type: ignore[attr-defined]  # the local bus's work has a true relay
    pass_by(pair, 20)
    pair.tell_of_own("o2")

    assert pair.gauge("oldest_unsent_seconds") == 20


def test_events_that_are_not_applied_yet_are_counted_until_they_are(pair: Pair) -> None:
    worker = pair.worker()
    pair.tell("h1", "h2", "h1")

    before = pair.gauge("behind_events")
    while worker.step():
        pass

    assert (before, pair.gauge("behind_events")) == (3, 0)


def test_who_is_behind_without_progress_stands_still_and_whoever_goes_on_or_has_nothing_to_do_does_not() -> None:
    pair = Pair(page=1)
    reader, told = pair.work().reader, []

    for step in ("idle", "behind", "still behind", "one applied, one left", "all applied"):
        if step == "behind":
            pair.tell("h1", "h2")
        if "applied" in step:
            reader.step()
        pass_by(pair, 60)
        told.append(pair.gauge("stalled_seconds"))

    assert told == [0, 60, 120, 0, 0]


def test_what_waits_above_a_hole_is_counted_and_the_age_of_the_longest_told(pair: Pair) -> None:
    pair.tell("h1", "h1", "h1")
    documents = pair.publisher.node.log.after(0)
    for document in documents[1:]:
        pair.listener.consumer.apply(pair.listener.publisher("governance").run(document))
        pass_by(pair, 40)

    assert (pair.gauge("waiting_events"), pair.gauge("oldest_waiting_seconds")) == (2, 80)


def test_nothing_waits_for_no_time(pair: Pair) -> None:
    assert (pair.gauge("waiting_events"), pair.gauge("oldest_waiting_seconds")) == (0, 0)


def test_a_parked_event_is_counted(pair: Pair) -> None:
    pair.fault = fail_badly
    pair.tell("h1")

    settle(pair)

    assert pair.gauge("parked_events") == 1


def test_a_timer_that_is_late_and_one_that_failed_are_told_apart(pair: Pair) -> None:
    timers = dict(pair.listener.service.timers)
    pair.listener.service.timers.update(ring=fail_ring)  # type: ignore[attr-defined]  # the small service's own dict
    pair.set_timer("t1")
    late = (pair.gauge("overdue_timers"), pair.gauge("parked_timers"))

    pair.listener.node.timer_loop().fire_due()
    pass_by(pair, EVERY.total_seconds())
    failed = (pair.gauge("overdue_timers"), pair.gauge("parked_timers"))

    assert timers == {"ring": note_ring}
    assert (late, failed) == ((1, 0), (0, 1))
    with pair.listener.store.write() as session:
        (timer_id,) = session.scalars(text("SELECT id FROM timer"))
        assert redrive_timer(session, timer_id)


def test_the_age_of_the_sweep_counts_from_the_beginning_and_then_from_its_last_whole_round(pair: Pair) -> None:
    worker = pair.worker()
    pass_by(pair, 100)
    before = worker.sweep_age_s()
    pair.log.away = 1
    with pytest.raises(ConnectionError):
        worker.sweep_when_due()
    failed = worker.sweep_age_s()

    worker.sweep_when_due()
    pass_by(pair, 7)

    assert (before, failed, worker.sweep_age_s()) == (100, 100, 7)


@pytest.mark.parametrize(
    ("part", "gauge"), [("relay", "relay_stopped"), ("reader", "consumer_stopped"), ("timers", None)]
)
def test_work_that_fails_is_told_and_which_part_it_is(pair: Pair, part: str, gauge: str | None) -> None:
    worker = pair.worker({part: Failing()})

    worker.step()

    told = {name for name in ("relay_stopped", "consumer_stopped") if pair.gauge(name)}
    assert pair.gauge("troubles") == 1
    assert told == ({gauge} if gauge else set())


def test_a_consumer_that_stopped_for_a_fault_of_its_own_is_told(pair: Pair) -> None:
    def fault(_session: Session) -> None:
        raise OperationalError("x", {}, Exception("no such table: effect"))

    pair.fault = fault
    pair.tell("h1")

    pair.worker().step()

    assert pair.gauge("consumer_stopped") == 1


def test_neither_a_scrape_nor_a_look_for_timers_reads_a_table_that_grows_but_by_an_index(pair: Pair) -> None:
    pair.gauge("parked_timers")
    asked: list[tuple[str, object]] = []
    with pair.listener.store.read() as session:
        engine = session.get_bind()
    if engine.dialect.name != "sqlite":
        pytest.skip("plans of small tables on a server say nothing")

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        asked.append((statement, parameters))

    pair.listener.node.gauges()
    pair.listener.node.timer_loop().fire_due()
    event.remove(engine, "before_cursor_execute", note)

    with pair.listener.store.read() as session:
        connection = session.connection()
        plans = [
            row[3]
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]  # as it was
        ]
    scans = {plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan}
    assert len(plans) > 6
    assert {plan.split()[1] for plan in scans} <= {"waiting", "CONSTANT"}


class Failing:
    """A part of the work that fails."""

    def step(self) -> bool:
        """Fail."""
        raise ZeroDivisionError

    fire_due = step


def fail_ring(_session: Session, _subject: str) -> None:
    """Fail as a timer's own fault does."""
    raise ValueError
