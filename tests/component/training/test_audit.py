"""What was altered by hand in the database is found and named."""

import pytest
from sqlalchemy import text

from services.training.audit import check
from shared.events.registration import RiderErasedV1
from tests.component.training.stage import HERE, OTHER, RIDER, STAFF, Stage
from tests.stores import tampering


def _findings(stage: Stage) -> set[str]:
    with stage.bench.read() as session:
        return {finding.code for finding in check(session)}


def _alter(stage: Stage, statement: str) -> None:
    with tampering(stage.bench.store, keep=True) as connection:
        connection.execute(text(statement))


def _busy_day(stage: Stage) -> None:
    certificate_id = stage.certificate()
    stage.post(STAFF, f"/certificates/{certificate_id}/revocations", {"reason": "misuse"})
    stage.certificate(OTHER)
    stage.held_class(stage.course(), [RIDER], absent=[OTHER])
    stage.post(RIDER, "/orders", {"wish": "吉他"})


def test_a_busy_day_leaves_nothing_to_find(stage: Stage) -> None:
    _busy_day(stage)

    assert _findings(stage) == set()


def test_an_erasure_leaves_nothing_to_find(stage: Stage) -> None:
    _busy_day(stage)

    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id="rider-1"))

    assert _findings(stage) == set()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE enrolment SET outcome = 'absent'", "certificate-without-attendance"),
        ("UPDATE enrolment SET passed = false", "certificate-without-pass"),
        ("UPDATE enrolment SET rider_id = 'rider-7' WHERE passed", "certificate-of-another"),
        ("UPDATE certificate SET title_en = 'Surgery'", "certificate-differs-from-log"),
        ("UPDATE certificate SET number = 'HD-2026-' || id", "certificate-differs-from-log"),
        ("UPDATE certificate SET rider_id = 'rider-7'", "certificate-differs-from-log"),
        ("UPDATE certificate SET revoked_at = NULL, revocation_reason = NULL", "certificate-differs-from-log"),
        ("UPDATE certificate SET revoked_at = NULL", "certificate-differs-from-log"),
        ("UPDATE enrolment SET outcome = 'present' WHERE outcome = 'absent'", "attendance-not-told"),
        ("UPDATE enrolment SET outcome = 'excused'", "attendance-differs-from-log"),
        ("UPDATE class SET completed_at = NULL", "class-differs-from-log"),
        ("UPDATE class SET course_id = (SELECT min(id) FROM course)", "class-differs-from-log"),
        ("INSERT INTO tombstone VALUES ('rider-2', '2026-09-18T00:00:00.000000Z')", "erased-rider-remains"),
    ],
)
def test_an_altered_row_is_found(stage: Stage, statement: str, code: str) -> None:
    _busy_day(stage)

    _alter(stage, statement)

    assert code in _findings(stage)


def test_what_events_of_older_versions_did_not_tell_is_no_finding(stage: Stage) -> None:
    _busy_day(stage)
    _alter(stage, "DELETE FROM event_log WHERE type LIKE '%results-noted%'")

    assert _findings(stage) == set()


def test_a_row_that_was_removed_is_found(stage: Stage) -> None:
    stage.certificate()

    for table in ("certificate_name", "certificate", "enrolment", "class"):
        _alter(stage, f'DELETE FROM "{table}"')  # noqa: S608 - the tables are named here

    assert {"certificate-missing", "class-missing", "attendance-differs-from-log"} <= _findings(stage)


def test_a_second_standing_certificate_is_found(stage: Stage) -> None:
    stage.certificate()
    _alter(stage, "DROP INDEX certificate_standing")
    columns = "enrolment_id, rider_id, class_id, course_id, subdistrict, title_zh, title_en, issued_at"

    _alter(
        stage,
        f"INSERT INTO certificate (id, number, {columns}) SELECT 'copy', 'HD-copy', {columns} FROM certificate",  # noqa: S608 - named here
    )

    assert "certificate-twice" in _findings(stage)
