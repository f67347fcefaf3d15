"""Appliers, relays and commands that meet on one store: once, in order, and never in a deadlock."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from shared.events.training import AttendanceConfirmedV1
from shared.messaging.bus import Run
from shared.messaging.local import LocalBus
from shared.messaging.log import emit
from shared.messaging.tables import event_log, mark
from tests.component.messaging.pair import small_service, verified
from tests.component.rewards.stage import HERE, Stage
from tests.component.web.conftest import RIDER, Note
from tests.component.web.conftest import bench as sample  # noqa: F401 - a fixture
from tests.component.web.test_idempotency import post
from tests.harness import Bench
from tests.integration.postgresql.at_once import Step, at_once
from tests.integration.postgresql.second import beside
from tests.moments import NOON


def test_of_a_hundred_uses_of_one_idempotency_key_at_once_one_is_obeyed(sample: Bench) -> None:  # noqa: F811 - the fixture
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(sample, "k1", "hello"), range(100)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    with sample.read() as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 1


def test_two_appliers_of_a_subject_that_has_no_mark_apply_its_event_once() -> None:
    stage = Stage()
    for number in range(10):
        attended = AttendanceConfirmedV1(subdistrict=HERE, class_id=f"c{number}", course_id="x", rider_id="rider-1")
        run = stage.bench.publisher("training").run(stage.bench.publisher("training").document(attended, NOON))
        with beside(stage.bench) as other:
            at_once([_applying(stage.bench, run), _applying(other, run)])

    assert stage.balance() == (100, 0, 0)
    with stage.bench.read() as session:
        assert {row.sequence for row in session.execute(select(mark))} == {1}


def test_runs_that_touch_the_same_balances_in_opposite_order_meet_no_deadlock() -> None:
    stage = Stage()
    publisher, riders = stage.bench.publisher("training"), [f"rider-{number}" for number in range(8)]

    def run(name: str, order: list[str]) -> Run:
        attended = [
            AttendanceConfirmedV1(subdistrict=HERE, class_id=f"{name}-{rider}", course_id="x", rider_id=rider)
            for rider in order
        ]
        return publisher.run(*[publisher.document(one, NOON) for one in attended])

    with beside(stage.bench) as other:
        for number in range(8):
            there, back = run(f"there-{number}", riders), run(f"back-{number}", riders[::-1])
            at_once([_applying(stage.bench, there), _applying(other, back)])

    assert {stage.balance(rider) for rider in riders} == {(160, 0, 0)}
    assert stage.findings() == []


def test_two_relays_number_every_event_once_and_leave_no_gap() -> None:
    bench = Bench(small_service("governance", {}, {}))

    def tell(number: int) -> str:
        with bench.command(RIDER) as session:
            emit(session, verified(f"hazard-{number % 7}"))
        return ""

    with beside(bench) as other, ThreadPoolExecutor(6) as pool:
        relays = [one.node.relay(LocalBus(lambda: None), "same") for one in (bench, other)]
        told = [pool.submit(tell, number) for number in range(60)]
        steps = [pool.submit(relay.step) for relay in relays * 20]
        assert len([one.result() for one in told] + [str(one.result()) for one in steps]) == 100
        while relays[0].step():
            pass

    with bench.read() as session:
        rows = session.execute(select(event_log).order_by(event_log.c.position)).all()
    assert [row.position for row in rows] == list(range(1, 61))
    by_subject: dict[str, list[int]] = {}
    for row in rows:
        by_subject.setdefault(row.subject, []).append(row.sequence)
    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in by_subject.values())


def _applying(bench: Bench, run: Run) -> Step:
    return lambda: str(bench.consumer.apply(run))
