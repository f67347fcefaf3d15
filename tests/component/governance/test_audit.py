"""The audit: whole after ordinary work, and every hand in the database is found and named."""

import pytest
from sqlalchemy.orm import Session

from shared.events.registration import RiderErasedV1
from shared.service import Finding
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import HERE, OTHER, RIDER, Stage, rider


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return governance after a bit of everything; whoever changes it puts it back."""
    stage = Stage(tmp_path_factory.mktemp("photos"))
    verified = stage.report(RIDER, photo_id=stage.photo(RIDER, jpeg(1)))
    merged, rejected = stage.report(OTHER), stage.report(OTHER)
    stage.report(rider(9))
    stage.merge(merged, verified)
    stage.verify(verified)
    stage.reject(rejected)
    for _ in range(6):
        stage.report(RIDER)
    return stage


def found_after(stage: Stage, *statements: str) -> list[Finding]:
    """Return what the audit finds after a hand in the database, which is undone."""
    with Session(stage.bench.store.engine) as session:
        for statement in statements:
            assert session.connection().exec_driver_sql(statement).rowcount > 0
        return list(stage.bench.service.audit.check(session))


def test_after_ordinary_work_there_is_nothing_to_find(worked: Stage) -> None:
    assert worked.findings() == []


def test_after_an_erasure_there_is_nothing_to_find(stage: Stage) -> None:
    kept = stage.report(OTHER)
    stage.merge(stage.report(RIDER, photo_id=stage.photo()), kept)

    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id="rider-1"))

    assert stage.findings() == []


DECIDED = "hazard-differs-from-log"


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE hazard SET outcome='critical' WHERE state='verified'", DECIDED),
        ("UPDATE hazard SET state='verified', outcome='high' WHERE state='rejected'", DECIDED),
        ("UPDATE hazard SET state='reported', outcome=NULL WHERE state='verified'", DECIDED),
        ("DELETE FROM event_log WHERE type LIKE '%hazard-rejected%'", DECIDED),
        ("UPDATE hazard SET shares_award=0 WHERE state='merged'", DECIDED),
        ("DELETE FROM event_log WHERE type LIKE '%hazard-merged%'", DECIDED),
        (
            "UPDATE hazard SET state='reported', survivor_id=NULL, shares_award=NULL WHERE state='merged'",
            DECIDED,
        ),
        ("UPDATE hazard SET survivor_id=id WHERE state='merged'", "survivor-missing"),
        ("UPDATE hazard SET no_award=NULL WHERE no_award='daily-limit'", "hazard-differs-from-log"),
        ("UPDATE hazard SET category='waste' WHERE state='rejected'", "hazard-differs-from-log"),
        ("UPDATE hazard SET rider_id='rider-7' WHERE state='rejected'", "hazard-differs-from-log"),
        ("DELETE FROM event_log WHERE type LIKE '%hazard-reported%'", "hazard-not-told"),
        ("DELETE FROM hazard WHERE rider_id='rider-9'", "hazard-missing"),
        ("UPDATE earning_day SET earning=1 WHERE rider_id='rider-1'", "earning_day-differs-from-log"),
        (
            """UPDATE event_log SET document=replace(document, '"earns":false', '"earns":true')
            WHERE document LIKE '%"earns":false%'""",
            "daily-limit-exceeded",
        ),
        ("UPDATE photo SET hazard_id='nowhere'", "photo-without-hazard"),
        ("UPDATE photo SET file_key='2026-09-18/nowhere'", "photo-missing"),
        ("INSERT INTO tombstone VALUES ('rider-1', '2026-09-18T00:00:00.000000Z')", "erased-rider-remains"),
    ],
)
def test_a_hand_in_the_database_is_found(worked: Stage, statement: str, finding: str) -> None:
    contents = "DELETE FROM hazard_content WHERE rider_id='rider-9'"

    found = found_after(worked, contents, statement)

    assert finding in {one.code for one in found}


def test_a_finding_names_what_differs_and_nothing_personal(worked: Stage) -> None:
    (finding,) = found_after(worked, "UPDATE hazard SET outcome='critical' WHERE state='verified'")

    assert finding.detail == f"outcome of hazard {finding.subject} is critical, the log says high"


def test_a_lost_photo_is_found(stage: Stage) -> None:
    stage.report(photo_id=stage.photo())
    (file,) = stage.files()

    file.unlink()

    assert stage.findings() == ["photo-missing"]


def test_governance_has_no_effects_of_other_services_to_compare(worked: Stage) -> None:
    with worked.bench.read() as session:
        assert list(worked.bench.service.audit.effects(session)) == []
