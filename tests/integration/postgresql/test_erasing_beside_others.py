"""A rider is erased while others act: each has committed before the erasure looks for rows, or finds the tombstone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.hazards import commands as hazards
from services.governance.hazards.models import EarningDay, HazardContent
from services.governance.hazards.schemas import HazardDraft
from services.notify import handlers as notices
from services.notify.models import Notice
from services.registration.identity import store as identity
from services.registration.identity.models import KnownNetwork, TokenFamily
from services.registration.identity.rules import Kind
from services.registration.tokens import fresh_token
from services.training.certificates import commands as certificates
from services.training.certificates.models import Certificate, CertificateName
from services.training.certificates.schemas import CertificateWanted
from services.training.courses import commands as courses
from services.training.courses.models import CourseOrder
from services.training.courses.schemas import CourseWanted
from shared.auth import Principal
from shared.events.governance import HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderErasedV1
from shared.messaging.cause import get_cause, of_system, set_causes
from shared.messaging.erasing import erase_rider
from shared.messaging.tables import idempotency, tombstone
from tests.component.governance import stage as governance
from tests.component.notify import samples
from tests.component.notify.stage import Stage as Notify
from tests.component.registration.stage import Stage as Registration
from tests.component.training import stage as training
from tests.harness import Bench
from tests.integration.postgresql.at_once import Step, at_once, begun
from tests.integration.postgresql.second import beside

HERE = "110108005"
RIDER = samples.RIDER
"""In every service the rider of the tests has this id."""


def test_a_report_that_is_made_meanwhile_goes_with_its_rider(tmp_path: Path) -> None:
    stage = governance.Stage(tmp_path)

    with stage.bench.command(governance.RIDER) as session:
        hazards.report_hazard(session, governance.RIDER, HazardDraft(**governance.draft()))
        answer = begun(stage.bench.store, _erasing(stage.bench))

    assert answer() == "erased"
    assert _left(stage.bench, HazardContent.rider_id, EarningDay.rider_id) == []
    assert stage.findings() == []


def test_a_report_that_is_made_after_an_erasure_has_begun_is_refused(tmp_path: Path) -> None:
    stage = governance.Stage(tmp_path)

    def report() -> str:
        with stage.bench.command(governance.RIDER) as session:
            return hazards.report_hazard(session, governance.RIDER, HazardDraft(**governance.draft()))

    assert _after_erasing(stage.bench, report) == "rider-erased"
    assert _left(stage.bench, HazardContent.rider_id, EarningDay.rider_id) == []


def test_a_notice_that_is_applied_meanwhile_goes_with_its_rider() -> None:
    stage = Notify()
    verified = HazardVerifiedV1(**samples.RIDERS_HAZARD, severity="low")

    with stage.bench.command(governance.STAFF) as session:
        set_causes(session, [get_cause(session)])
        notices.tell_persons(session, [verified])
        answer = begun(stage.bench.store, _erasing(stage.bench))

    assert answer() == "erased"
    assert _left(stage.bench, Notice.person_id) == []


def test_a_course_that_is_ordered_meanwhile_stands_without_its_rider() -> None:
    stage = training.Stage()
    wanted = CourseWanted(course_id=stage.course())

    with stage.bench.command(training.RIDER) as session:
        courses.order_course(session, training.RIDER, wanted)
        answer = begun(stage.bench.store, _erasing(stage.bench))

    assert answer() == "erased"
    assert _left(stage.bench, CourseOrder.rider_id) == []
    with stage.bench.read() as session:
        assert list(stage.bench.service.audit.check(session)) == []


def test_a_certificate_that_is_issued_after_an_erasure_has_begun_finds_no_holder() -> None:
    stage = training.Stage()
    class_id = stage.held_class(stage.course(), [training.RIDER])
    wanted = CertificateWanted(class_id=class_id, rider_id=RIDER)

    def issue() -> str:
        with stage.bench.command(training.STAFF) as session:
            return certificates.issue_certificate(session, training.STAFF, wanted, {RIDER: "李四"})

    assert _after_erasing(stage.bench, issue) == "not-enrolled"
    assert _left(stage.bench, Certificate.rider_id, CertificateName.rider_id) == []


def test_what_a_rider_did_under_a_key_meanwhile_is_forgotten() -> None:
    stage = training.Stage()
    stage.course()
    commit = stage.bench.store.commit
    answers: list[Callable[[], str]] = []
    with beside(stage.bench) as other:

        def order_is_to_be_committed(session: Session) -> None:
            stage.bench.store.commit = commit  # type: ignore[method-assign]  # a moment that no port tells of
            answers.append(begun(other.store, _erasing(other)))
            commit(session)

        stage.bench.store.commit = order_is_to_be_committed  # type: ignore[method-assign]  # the same
        stage.post(training.RIDER, "/orders", {"wish": "CPR"})
        assert answers[0]() == "erased"

    assert _left(stage.bench, idempotency.c.principal) == [training.STAFF.actor]


def test_a_sign_in_that_is_under_way_leaves_no_token_of_an_erased_rider(tmp_path: Path) -> None:
    stage = Registration(tmp_path)
    rider = stage.rider()
    fresh = fresh_token(stage.ports.random, stage.ports.secrets)

    with stage.bench.command(rider) as session:
        identity.start_family(session, fresh, rider.id, Kind.RIDER, "a network")
        answer = begun(stage.bench.store, lambda: str(stage.send("DELETE", "/riders/me", by=rider).status_code))

    assert answer() == "202"
    assert _left(stage.bench, TokenFamily.person_id, KnownNetwork.person_id) == []
    stage.sms.close()


def test_many_who_act_while_many_are_erased_meet_no_deadlock(tmp_path: Path) -> None:
    stage, numbers = governance.Stage(tmp_path), range(8)
    riders = [governance.rider(number) for number in numbers]
    bench = stage.bench
    for rider in riders:
        stage.report(rider)

    def report(rider: Principal) -> Step:
        def step() -> str:
            with bench.command(rider) as session:
                return hazards.report_hazard(session, rider, HazardDraft(**governance.draft()))

        return step

    at_once([step for rider in riders for step in (report(rider), _erasing(bench, rider.id))])

    assert _left(bench, HazardContent.rider_id, EarningDay.rider_id) == []
    with bench.read() as session:
        assert set(session.scalars(select(tombstone.c.rider_id))) == {rider.id for rider in riders}


def test_runs_that_name_riders_in_opposite_order_to_an_erasure_of_both_meet_no_deadlock() -> None:
    stage, pair = Notify(), ("rider-a", "rider-b")
    registration, heard = stage.bench.publisher("registration"), stage.bench.publisher("governance")

    def told(number: int, riders: tuple[str, ...]) -> Step:
        facts = {"community": "110108005001", "category": "blocked", "earns": True, "subdistrict": HERE}
        events = [HazardReportedV1(hazard_id=f"{number}-{one}", rider_id=one, **facts) for one in riders]
        run = heard.run(*[heard.document(event, stage.bench.clock.now()) for event in events])
        return lambda: str(stage.bench.consumer.apply(run))

    erased = [RiderErasedV1(subdistrict=HERE, rider_id=one) for one in pair]
    gone = registration.run(*[registration.document(event, stage.bench.clock.now()) for event in erased])
    with beside(stage.bench) as other:
        at_once([*(told(number, pair[::-1]) for number in range(6)), lambda: str(other.consumer.apply(gone))])

    assert _left(stage.bench, Notice.person_id) == []


def _erasing(bench: Bench, rider_id: str = RIDER) -> Step:
    """Return the step of hearing that a rider was erased."""
    publisher = bench.publisher("registration")
    run = publisher.run(publisher.document(RiderErasedV1(subdistrict=HERE, rider_id=rider_id), bench.clock.now()))

    def erase() -> str:
        bench.consumer.apply(run)
        return "erased"

    return erase


def _after_erasing(bench: Bench, step: Step) -> str:
    """Take a step while the rider is being erased; return what it answers when that is done."""
    erased = RiderErasedV1(subdistrict=HERE, rider_id=RIDER)
    with bench.node.transaction(of_system(bench.clock.now()), alone=True) as session:
        erase_rider(session, erased, bench.service)
        answer = begun(bench.store, step)
    return answer()


def _left(bench: Bench, *columns: Any) -> list[str]:
    """Return the riders whom rows still name."""
    with bench.read() as session:
        return [str(one) for column in columns for one in session.scalars(select(column)) if one is not None]
