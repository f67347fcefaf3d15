"""Who tells of a subject, or counts against a limit, holds its row; what only tidies up waits for nobody."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from services.registration.limits import store as limits
from services.registration.limits.models import LimitBucket
from services.registration.limits.rules import LONGEST_WINDOW, Limit
from services.registration.staff import commands as staff
from services.registration.staff.models import Appointment
from services.rewards.redemptions import commands as redemptions
from services.rewards.redemptions.schemas import Scan
from services.rewards.service import erase
from services.rewards.vouchers.models import Voucher
from services.training.classes.models import TrainingClass
from services.training.courses import commands as courses
from services.training.courses.models import Course
from services.training.courses.schemas import CourseAnswer, CourseWanted
from shared.db.locks import locked
from shared.db.upsert import delete_unlocked
from shared.events.registration import StaffEndedV1
from shared.messaging.erasing import bury
from tests.component.registration.stage import ADMINISTRATOR, BALIZHUANG
from tests.component.registration.stage import Stage as Registration
from tests.component.rewards.stage import LAUNDRY
from tests.component.rewards.stage import RIDER as CUSTOMER
from tests.component.rewards.stage import Stage as Rewards
from tests.component.training.stage import OTHER, RIDER, STAFF
from tests.component.training.stage import Stage as Training
from tests.integration.postgresql.at_once import at_once, begun

ONE_A_DAY = (Limit("code-phone", 1, LONGEST_WINDOW),)
KEYS = {"code-phone": "13800000000"}


def test_an_undoing_waits_for_the_erasure_of_the_rider_and_is_refused() -> None:
    stage = Rewards()
    stage.partner()
    stage.earn(50)
    scan = Scan(code=stage.code(stage.voucher()))
    with stage.bench.command(LAUNDRY) as session:
        redemption_id = redemptions.redeem_voucher(session, LAUNDRY, scan, stage.digest)

    def undo() -> str:
        with stage.bench.command(LAUNDRY) as session:
            return redemptions.undo_redemption(session, LAUNDRY, redemption_id)

    with stage.bench.command(CUSTOMER) as session:
        bury(session, CUSTOMER.id)
        erase(session, CUSTOMER.id)
        answer = begun(stage.bench.store, undo)

    assert answer() == "voucher-without-rider"
    with stage.bench.read() as session:
        assert session.scalars(select(Voucher.state)).all() == ["redeemed"]


def test_a_rider_joins_a_class_under_the_lock_of_the_class() -> None:
    stage = Training()
    course_id = stage.course()
    order_id = str(stage.post(RIDER, "/orders", {"wish": "CPR"}).json()["id"])
    class_id = stage.class_of(course_id, RIDER)

    def join() -> str:
        with stage.bench.command(STAFF) as session:
            return courses.answer_order(session, STAFF, order_id, CourseAnswer(course_id=course_id))

    with stage.bench.store.write() as session:
        session.execute(select(TrainingClass).where(TrainingClass.id == class_id).with_for_update())
        answer = begun(stage.bench.store, join)

    assert answer() == order_id


def test_who_locks_a_row_sees_it_as_it_is_by_then() -> None:
    stage = Training()
    stage.course()
    with stage.bench.store.write() as session:
        known = session.scalars(select(Course)).one()
        with stage.bench.store.write() as meanwhile:
            meanwhile.execute(update(Course).values(title_en="First aid on the road"))

        found = session.scalars(locked(select(Course))).one()

        assert found is known
        assert found.title_en == "First aid on the road"


def test_a_wish_waits_for_another_of_the_same_rider_and_counts_it() -> None:
    stage = Training()
    for _ in range(4):
        assert stage.post(RIDER, "/orders", {"wish": "CPR"}).status_code == 201

    def wish() -> str:
        with stage.bench.command(RIDER) as session:
            return courses.order_course(session, RIDER, CourseWanted(wish="CPR"))

    with stage.bench.command(RIDER) as session:
        courses.order_course(session, RIDER, CourseWanted(wish="CPR"))
        answer = begun(stage.bench.store, wish)

    assert answer() == "too-many-wishes"


def test_a_class_that_ends_while_it_is_joined_is_not_joined() -> None:
    stage = Training()
    course_id = stage.course()
    class_id = stage.class_of(course_id, RIDER)
    end = update(TrainingClass).where(TrainingClass.id == class_id).values(joinable=False)

    with stage.bench.store.write() as session:
        session.execute(end)
        answer = begun(stage.bench.store, lambda: stage.class_of(course_id, OTHER))

    assert answer() not in {class_id, "None"}


def test_an_office_that_is_ended_while_it_expires_ends_once(tmp_path: Path) -> None:
    stage = Registration(tmp_path)
    body = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG, "login": "wang", "ends_on": "2026-09-18"}
    staff_id = stage.post("/staff", body, by=ADMINISTRATOR).json()["id"]
    with stage.bench.read() as session:
        appointment_id = session.scalars(select(Appointment.id)).one()

    def expire() -> str:
        with stage.bench.command(ADMINISTRATOR) as session:
            staff.end_expired_appointment(session, appointment_id)
        return "nothing left to end"

    with stage.bench.command(ADMINISTRATOR) as session:
        staff.end_appointment(session, ADMINISTRATOR, staff_id)
        answer = begun(stage.bench.store, expire)

    assert answer() == "nothing left to end"
    assert len(stage.bench.told(StaffEndedV1)) == 1
    stage.sms.close()


def test_a_bucket_that_is_forgotten_while_it_is_taken_counts_all_the_same(tmp_path: Path) -> None:
    stage = _with_old_bucket(tmp_path)

    with stage.bench.store.write() as session:
        session.execute(delete(LimitBucket))
        first = begun(stage.bench.store, _take(stage, "use-1"))

    assert first() == "taken"
    assert at_once([_take(stage, "use-2")]) == ["too-many-tries"]
    stage.sms.close()


def test_of_many_who_take_the_last_use_of_an_old_bucket_at_once_one_gets_it(tmp_path: Path) -> None:
    stage = _with_old_bucket(tmp_path)

    answers = at_once([_take(stage, f"use-{number}") for number in range(8)])

    assert sorted(answers) == ["taken", *["too-many-tries"] * 7]
    stage.sms.close()


def test_tidying_up_leaves_alone_what_another_holds(tmp_path: Path) -> None:
    stage = _with_old_bucket(tmp_path)
    table, store = LimitBucket.metadata.tables["limit_bucket"], stage.bench.store

    with store.write() as holding, store.write() as tidying:
        holding.execute(select(LimitBucket).with_for_update())
        delete_unlocked(tidying, table, LimitBucket.last_used_at < stage.bench.clock.now())

    with store.read() as session:
        assert len(session.scalars(select(LimitBucket)).all()) == 1
    stage.sms.close()


def _with_old_bucket(folder: Path) -> Registration:
    stage = Registration(folder)
    assert at_once([_take(stage, "use-0")]) == ["taken"]
    stage.bench.clock.advance(LONGEST_WINDOW + timedelta(minutes=1))
    return stage


def _take(stage: Registration, use_id: str) -> Callable[[], str]:
    def take() -> str:
        with stage.bench.command(ADMINISTRATOR) as session:
            limits.take_use(session, ONE_A_DAY, KEYS, use_id, stage.bench.clock.now())
        return "taken"

    return take
