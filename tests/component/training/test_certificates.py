"""A certificate only after confirmed attendance; one stands per rider and class; reissue keeps the history."""

from services.training.audit import check
from shared.auth import Principal
from shared.events.training import CertificateIssuedV1, CertificateRevokedV1, ClassCompletedV1
from tests.component.training.stage import OTHER, RIDER, STAFF, STAFF_ELSEWHERE, Stage

REASON: dict[str, object] = {"reason": "issued-in-error"}


def _results(*passed: str, failed: tuple[str, ...] = ()) -> dict[str, object]:
    results = [{"rider_id": rider_id, "passed": rider_id not in failed} for rider_id in (*passed, *failed)]
    return {"results": results}


def _issue(stage: Stage, class_id: str, rider: Principal) -> tuple[int, dict[str, object]]:
    answer = stage.post(STAFF, "/certificates", {"class_id": class_id, "rider_id": rider.id})
    return answer.status_code, answer.json()


def _kind(problem: dict[str, object]) -> str:
    return str(problem["type"]).rpartition("/")[2]


def test_who_was_there_and_passed_gets_a_certificate_when_the_class_ends(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER, OTHER])

    answer = stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1", failed=("rider-2",)))

    assert answer.status_code == 201
    (issued,) = stage.bench.told(CertificateIssuedV1)
    assert (issued.rider_id, issued.class_id, issued.title_zh) == ("rider-1", class_id, "心肺复苏")
    assert answer.json()["certificate_ids"] == [issued.certificate_id]
    assert len(stage.bench.told(ClassCompletedV1)) == 1


def test_a_certificate_that_was_issued_before_the_class_ended_is_accepted_when_it_ends(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER, OTHER])
    _, early = _issue(stage, class_id, RIDER)

    ended = stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1", "rider-2"))

    assert ended.status_code == 201
    assert [event.rider_id for event in stage.bench.told(CertificateIssuedV1)] == ["rider-1", "rider-2"]
    assert early["id"] in ended.json()["certificate_ids"]


def test_who_holds_a_certificate_has_not_failed_until_it_is_revoked(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    _, early = _issue(stage, class_id, RIDER)

    refused = stage.post(STAFF, f"/classes/{class_id}/completion", _results(failed=("rider-1",)))
    stage.post(STAFF, f"/certificates/{early['id']}/revocations", REASON)
    ended = stage.post(STAFF, f"/classes/{class_id}/completion", _results(failed=("rider-1",)))

    assert (refused.status_code, _kind(refused.json())) == (409, "failed-with-certificate")
    assert (refused.json()["number"], ended.status_code) == (early["number"], 201)
    assert stage.get(RIDER, f"/certificates/{early['id']}").json()["state"] == "revoked"
    with stage.bench.read() as session:
        assert list(check(session)) == []


def test_who_ordered_and_did_not_come_gets_no_certificate(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER], absent=[OTHER])

    at_the_end = stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1", "rider-2"))
    status, problem = _issue(stage, class_id, OTHER)

    assert (at_the_end.status_code, _kind(at_the_end.json())) == (409, "attendance-not-confirmed")
    assert (status, _kind(problem)) == (409, "attendance-not-confirmed")
    assert not stage.bench.told(CertificateIssuedV1)
    assert not stage.bench.told(ClassCompletedV1)


def test_a_checked_in_rider_without_confirmed_attendance_gets_no_certificate(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)
    stage.begin_class()
    stage.post(STAFF, f"/classes/{class_id}/check-ins", {"rider_id": "rider-1"})

    status, problem = _issue(stage, class_id, RIDER)

    assert (status, _kind(problem)) == (409, "attendance-not-confirmed")


def test_a_class_does_not_end_before_it_began(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER)

    answer = stage.post(STAFF, f"/classes/{class_id}/completion", {"results": []})

    assert (answer.status_code, _kind(answer.json())) == (409, "class-not-begun")


def test_a_course_that_does_not_certify_gives_no_certificate(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(certifies=False), [RIDER])

    ended = stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1"))
    status, problem = _issue(stage, class_id, RIDER)

    assert ended.json()["certificate_ids"] == []
    assert (status, _kind(problem)) == (409, "course-does-not-certify")


def test_who_failed_gets_no_certificate_afterwards(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    stage.post(STAFF, f"/classes/{class_id}/completion", _results(failed=("rider-1",)))

    status, problem = _issue(stage, class_id, RIDER)

    assert (status, _kind(problem)) == (409, "class-not-passed")


def test_one_certificate_stands_per_rider_and_class(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    status, first = _issue(stage, class_id, RIDER)
    assert status == 201

    status, problem = _issue(stage, class_id, RIDER)

    assert (status, _kind(problem), problem["number"]) == (409, "certificate-stands", first["number"])
    assert len(stage.bench.told(CertificateIssuedV1)) == 1


def test_a_certificate_issued_after_a_revocation_names_the_one_before(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    _, first = _issue(stage, class_id, RIDER)
    stage.post(STAFF, f"/certificates/{first['id']}/revocations", REASON)

    status, second = _issue(stage, class_id, RIDER)

    assert (status, second["replaces"]) == (201, first["id"])
    assert second["number"] != first["number"]
    states = {item["id"]: item["state"] for item in stage.get(RIDER, "/certificates/mine").json()["items"]}
    assert states == {first["id"]: "revoked", second["id"]: "valid"}


def test_a_certificate_is_revoked_once_and_by_its_own_staff(stage: Stage) -> None:
    path = f"/certificates/{stage.certificate()}/revocations"

    answers = [stage.post(who, path, REASON) for who in (STAFF_ELSEWHERE, STAFF, STAFF)]

    assert [answer.status_code for answer in answers] == [404, 201, 409]
    assert (answers[1].json()["state"], _kind(answers[2].json())) == ("revoked", "certificate-revoked")
    assert [event.reason for event in stage.bench.told(CertificateRevokedV1)] == ["issued-in-error"]


def test_a_revocation_needs_a_known_reason(stage: Stage) -> None:
    path = f"/certificates/{stage.certificate()}/revocations"

    assert stage.post(STAFF, path, {"reason": "no such reason"}).status_code == 422


def test_only_the_holder_and_the_own_staff_read_a_certificate(stage: Stage) -> None:
    path = f"/certificates/{stage.certificate()}"

    seen = {who.id: stage.get(who, path) for who in (RIDER, STAFF, OTHER, STAFF_ELSEWHERE)}

    assert [seen[name].status_code for name in ("rider-1", "staff-1", "rider-2", "staff-2")] == [200, 200, 404, 404]
    assert seen["rider-1"].json()["holder"] == "李四"
    assert stage.get(STAFF, "/certificates").json()["total"] == 1
    assert stage.get(STAFF_ELSEWHERE, "/certificates").json()["total"] == 0


def test_each_rider_is_named_once_in_the_results(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])

    answer = stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1", "rider-1"))

    assert answer.status_code == 422


def test_nothing_is_issued_while_names_cannot_be_asked(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])
    stage.directory.down = True

    status, problem = _issue(stage, class_id, RIDER)
    stage.directory.down = False
    later, _ = _issue(stage, class_id, RIDER)

    assert (status, _kind(problem), later) == (503, "names-unavailable", 201)


def test_names_are_asked_for_those_only_who_get_a_certificate(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER], absent=[OTHER])

    stage.post(STAFF_ELSEWHERE, "/certificates", {"class_id": class_id, "rider_id": "rider-1"})
    stage.post(STAFF, f"/classes/{class_id}/completion", _results("rider-1", failed=("rider-2",)))

    assert stage.directory.asked == ["rider-1"]


def test_the_answer_to_a_command_holds_no_name(stage: Stage) -> None:
    class_id = stage.held_class(stage.course(), [RIDER])

    _, answer = _issue(stage, class_id, RIDER)

    assert "李四" not in str(answer)
