"""Two who want the same thing at once: threads on one real store."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from services.training.certificates import commands as certificates
from services.training.certificates.schemas import CertificateWanted
from services.training.courses import commands as courses
from services.training.courses.schemas import CourseWanted
from shared.auth import Principal, Role
from shared.errors import Refusal
from shared.events.training import CertificateIssuedV1, ClassOpenedV1, CourseOrderedV1
from tests.component.training.stage import HERE, RIDER, STAFF, Stage


def _at_once(*steps: Callable[[], str]) -> list[str]:
    ready = Barrier(len(steps))

    def run(step: Callable[[], str]) -> str:
        ready.wait()
        try:
            return step()
        except Refusal as refusal:
            return refusal.kind.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def _order(stage: Stage, rider: Principal, course_id: str) -> Callable[[], str]:
    def step() -> str:
        with stage.bench.command(rider) as session:
            return courses.order_course(session, rider, CourseWanted(course_id=course_id))

    return step


def test_eight_riders_who_order_at_once_open_one_class(stage: Stage) -> None:
    course_id = stage.course()
    riders = [Principal(id=f"rider-{n}", role=Role.RIDER, subdistrict=HERE) for n in range(8)]

    _at_once(*[_order(stage, rider, course_id) for rider in riders])

    (opened,) = stage.bench.told(ClassOpenedV1)
    assert stage.get(STAFF, f"/classes/{opened.class_id}").json()["taken"] == 8


def test_one_rider_who_orders_four_times_at_once_has_one_order(stage: Stage) -> None:
    course_id = stage.course()

    orders = _at_once(*[_order(stage, RIDER, course_id) for _ in range(4)])

    assert len(set(orders)) == 1
    assert len(stage.bench.told(CourseOrderedV1)) == 1


def test_two_staff_who_issue_at_once_issue_one_certificate(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    wanted = CertificateWanted(class_id=class_id, rider_id="rider-1")

    def step() -> str:
        with stage.bench.command(STAFF) as session:
            return certificates.issue_certificate(session, STAFF, wanted, {})

    answers = _at_once(step, step)

    assert answers.count("certificate-stands") == 1
    assert len(stage.bench.told(CertificateIssuedV1)) == 1
