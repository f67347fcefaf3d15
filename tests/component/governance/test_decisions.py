"""Staff decide about a report once; what they found is told once."""

from threading import Barrier

import pytest

from services.governance.decisions import commands
from services.governance.decisions.rules import Reason, Severity
from services.governance.decisions.schemas import Rejection, Verification
from shared.errors import Refusal
from shared.events.governance import HazardRejectedV1, HazardVerifiedV1
from shared.events.registration import StaffAppointedV1, StaffEndedV1
from tests.component.governance.stage import (
    DISTRICT,
    ELSEWHERE,
    HERE,
    RIDER,
    STAFF,
    STAFF_ELSEWHERE,
    Stage,
    code,
    run_together,
)
from tests.moments import NOON


def test_a_verified_report_is_told_with_its_severity_and_rider(stage: Stage) -> None:
    hazard_id = stage.report()

    answer = stage.verify(hazard_id, "critical")

    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["severity"]) == ("verified", "critical")
    (told,) = stage.bench.told(HazardVerifiedV1)
    assert (told.hazard_id, told.rider_id, told.severity, told.subdistrict) == (hazard_id, "rider-1", "critical", HERE)


def test_a_rejected_report_is_told_with_its_reason(stage: Stage) -> None:
    hazard_id = stage.report()

    answer = stage.reject(hazard_id, "staged")

    assert (answer.json()["state"], answer.json()["reason"]) == ("rejected", "staged")
    (told,) = stage.bench.told(HazardRejectedV1)
    assert (told.hazard_id, told.rider_id, told.reason) == (hazard_id, "rider-1", "staged")
    (item,) = stage.get(RIDER, "/hazards/mine").json()["items"]
    assert (item["state"], item["reason"], item["severity"]) == ("rejected", "staged", None)


def test_the_same_verification_again_answers_the_same_and_tells_nothing(stage: Stage) -> None:
    hazard_id = stage.report()
    first = stage.verify(hazard_id)

    second = stage.verify(hazard_id)

    assert second.json() == first.json()
    assert len(stage.bench.told(HazardVerifiedV1)) == 1


def test_the_same_rejection_again_answers_the_same_and_tells_nothing(stage: Stage) -> None:
    hazard_id = stage.report()
    first = stage.reject(hazard_id)

    assert stage.reject(hazard_id).json() == first.json()
    assert len(stage.bench.told(HazardRejectedV1)) == 1


@pytest.mark.parametrize("other", ["another severity", "a rejection", "a merger"])
def test_another_decision_is_refused_and_says_what_stands(stage: Stage, other: str) -> None:
    hazard_id = stage.report()
    stage.verify(hazard_id, "low")

    answer = {
        "another severity": lambda: stage.verify(hazard_id, "high"),
        "a rejection": lambda: stage.reject(hazard_id),
        "a merger": lambda: stage.merge(hazard_id, stage.report()),
    }[other]()

    assert code(answer) == (409, "hazard-already-decided")
    assert (answer.json()["state"], answer.json()["outcome"]) == ("verified", "low")
    assert "verified (low)" in answer.json()["detail"]
    assert len(stage.bench.told(HazardVerifiedV1)) == 1
    assert not stage.bench.told(HazardRejectedV1)


def test_of_many_who_decide_at_once_one_decides(stage: Stage) -> None:
    hazard_id, together = stage.report(), Barrier(6)
    outcomes: list[str] = []

    def decide(number: int) -> None:
        together.wait()
        try:
            with stage.bench.command(STAFF) as session:
                if number % 2:
                    commands.verify_hazard(session, STAFF, hazard_id, Verification(severity=Severity.HIGH))
                else:
                    commands.reject_hazard(session, STAFF, hazard_id, Rejection(reason=Reason.UNCLEAR))
        except Refusal as refusal:
            outcomes.append(refusal.kind.code)
        else:
            outcomes.append("done")

    run_together(decide, 6)

    assert sorted(outcomes) == ["done"] * 3 + ["hazard-already-decided"] * 3
    assert len(stage.bench.told(HazardVerifiedV1)) + len(stage.bench.told(HazardRejectedV1)) == 1
    assert stage.findings() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("verifications", {"severity": "awful"}),
        ("verifications", {}),
        ("rejections", {"reason": "because"}),
        ("mergers", {"into": "../x"}),
    ],
)
def test_a_decision_outside_the_catalogue_is_refused(stage: Stage, path: str, body: dict[str, object]) -> None:
    answer = stage.post(STAFF, f"/hazards/{stage.report()}/{path}", body)

    assert code(answer) == (422, "invalid-request")


def test_staff_of_another_sub_district_do_not_find_the_report_and_the_district_s_do(stage: Stage) -> None:
    hazard_id = stage.report()

    assert code(stage.verify(hazard_id, who=STAFF_ELSEWHERE)) == (404, "not-found")
    assert code(stage.verify(hazard_id, who=RIDER)) == (403, "forbidden")
    assert code(stage.verify("no-such-report")) == (404, "not-found")
    assert stage.verify(hazard_id, who=DISTRICT).status_code == 201


def test_the_reasons_can_be_listed(stage: Stage) -> None:
    reasons = stage.get(STAFF, "/rejection-reasons").json()

    assert [reason["code"] for reason in reasons] == ["not-found", "duplicate", "out-of-scope", "unclear", "staged"]
    assert code(stage.get(RIDER, "/rejection-reasons")) == (403, "forbidden")


def _office(appointment_id: str = "appointment-1", subdistrict: str = HERE) -> dict[str, str]:
    return {
        "staff_id": "staff-1",
        "appointment_id": appointment_id,
        "role": "subdistrict-staff",
        "subdistrict": subdistrict,
    }


def test_an_office_that_ended_ends_at_once_though_the_token_lives_on(stage: Stage) -> None:
    hazard_id = stage.report()
    stage.bench.apply(StaffAppointedV1(**_office(), starts_on=NOON.date()))
    stage.bench.apply(StaffEndedV1(**_office()))

    assert code(stage.verify(hazard_id)) == (403, "office-ended")
    assert code(stage.get(STAFF, f"/hazards/{hazard_id}")) == (403, "office-ended")


def test_an_office_that_was_given_again_counts_and_one_elsewhere_does_not(stage: Stage) -> None:
    hazard_id = stage.report()
    stage.bench.apply(StaffEndedV1(**_office()), StaffAppointedV1(**_office("a2", ELSEWHERE), starts_on=NOON.date()))
    assert code(stage.verify(hazard_id)) == (403, "office-ended")

    stage.bench.apply(StaffAppointedV1(**_office("a3"), starts_on=NOON.date()))

    assert stage.verify(hazard_id).status_code == 201


def test_an_office_ends_after_its_last_day(stage: Stage) -> None:
    first, second = stage.report(), stage.report()
    stage.bench.apply(StaffAppointedV1(**_office(), starts_on=NOON.date(), ends_on=NOON.date()))

    assert stage.verify(first).status_code == 201
    stage.bench.clock.set(NOON.replace(day=19, hour=0))
    assert code(stage.verify(second)) == (403, "office-ended")


def test_nobody_decides_about_an_own_report(stage: Stage) -> None:
    hazard_id = stage.report()
    double = STAFF.__class__(id=RIDER.id, role=STAFF.role, subdistrict=HERE)

    assert code(stage.verify(hazard_id, who=double)) == (403, "own-report")
