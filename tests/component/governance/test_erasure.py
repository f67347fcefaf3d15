"""Erasing a rider: nothing personal is left, cases stay for the district, and what is decided later still fits."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.governance.hazards.models import EarningDay, Hazard, HazardContent
from services.governance.people.models import Rider
from services.governance.photos.models import Photo
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderErasedV1, RiderMovedV1, RiderRegisteredV1
from shared.messaging.tables import timer
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import ELSEWHERE, HERE, OTHER, RIDER, STAFF, Stage, code, rider
from tests.stores import bytes_of

ERASED = RiderErasedV1(subdistrict=HERE, rider_id="rider-1")


def dump(stage: Stage) -> str:
    """Return all rows of the store, but for the log, the tombstone and the marks that outlive a rider."""
    tables = (*stage.bench.service.metadata.sorted_tables, timer)
    with stage.bench.read() as session:
        return "\n".join(str(row) for table in tables for row in session.execute(select(table)))


def test_nothing_of_an_erased_rider_is_left_in_tables_or_files(stage: Stage) -> None:
    stage.bench.apply(RiderRegisteredV1(subdistrict=HERE, rider_id="rider-1", platform="meituan", language="en"))
    hazard_id = stage.report(photo_id=stage.photo(RIDER, jpeg(1)))
    stage.photo(RIDER, jpeg(2))

    stage.bench.apply(ERASED)
    stage.bench.fire_timers()

    assert "rider-1" not in dump(stage)
    assert stage.files() == []
    read = stage.get(STAFF, f"/hazards/{hazard_id}").json()
    assert (read["words"], read["point"], read["has_photo"], read["state"]) == (None, None, False, "reported")
    assert code(stage.get(STAFF, f"/hazards/{hazard_id}/photo")) == (404, "not-found")
    assert stage.findings() == []


def test_the_timers_that_remove_files_name_no_rider(stage: Stage) -> None:
    stage.photo()

    stage.bench.apply(ERASED)

    with stage.bench.read() as session:
        purposes = set(session.scalars(select(timer.c.purpose)))
    assert purposes == {"forget-photo", "remove-file", "sweep-files"}
    assert "rider-1" not in dump(stage)


def test_other_riders_keep_everything(stage: Stage) -> None:
    theirs = stage.report(OTHER, photo_id=stage.photo(OTHER))

    stage.bench.apply(ERASED)
    stage.bench.fire_timers()

    assert stage.get(STAFF, f"/hazards/{theirs}").json()["words"] == "井盖没了"
    assert stage.get(OTHER, f"/hazards/{theirs}/photo").status_code == 200


@pytest.mark.parametrize("decide", ["verify", "reject"])
def test_the_case_can_be_decided_and_its_events_name_the_rider_of_its_first(stage: Stage, decide: str) -> None:
    hazard_id = stage.report()
    stage.bench.apply(ERASED)

    answer = stage.verify(hazard_id) if decide == "verify" else stage.reject(hazard_id)

    assert answer.status_code == 201
    verified, rejected = stage.bench.told(HazardVerifiedV1), stage.bench.told(HazardRejectedV1)
    assert {event.rider_id for event in verified} | {event.rider_id for event in rejected} == {"rider-1"}
    assert stage.bench.told(HazardReportedV1)[0].rider_id == "rider-1"
    assert "rider-1" not in dump(stage)


def test_reports_of_an_erased_rider_are_merged_like_any_other(stage: Stage) -> None:
    first, mine, theirs = stage.report(rider(5)), stage.report(RIDER), stage.report(OTHER)
    stage.bench.apply(ERASED)

    stage.merge(mine, first)
    stage.merge(theirs, first)

    assert [event.merged_rider_id for event in stage.bench.told(HazardMergedV1)] == ["rider-1", "rider-2"]
    assert stage.findings() == []


def test_erasing_again_changes_nothing(stage: Stage) -> None:
    stage.report()
    stage.bench.apply(ERASED)
    before = dump(stage)

    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id="rider-1"))

    assert dump(stage) == before


def test_what_registration_tells_late_of_an_erased_rider_is_not_kept(stage: Stage) -> None:
    stage.bench.apply(ERASED)

    stage.bench.apply(
        RiderRegisteredV1(subdistrict=HERE, rider_id="rider-1", platform="meituan", language="en"),
        RiderMovedV1(subdistrict=ELSEWHERE, rider_id="rider-1", previous_subdistrict=HERE),
    )

    with stage.bench.read() as session:
        assert session.scalars(select(Rider)).all() == []


def test_an_erased_rider_stores_no_photo(stage: Stage) -> None:
    stage.bench.apply(ERASED)

    assert code(stage.send_photo(RIDER, jpeg())) == (403, "rider-erased")
    assert stage.files() == []


def test_an_erased_rider_cannot_read_what_was_the_rider_s(stage: Stage) -> None:
    hazard_id = stage.report()
    stage.bench.apply(ERASED)

    assert code(stage.get(RIDER, f"/hazards/{hazard_id}")) == (404, "not-found")
    assert stage.get(RIDER, "/hazards/mine").json()["total"] == 0


def test_words_and_place_are_nowhere_in_the_store_unsealed(stage: Stage) -> None:
    stage.report(photo_id=stage.photo())

    raw = bytes_of(stage.bench.store)

    assert b"manhole" in raw
    assert "井盖".encode() not in raw
    assert b"39.99" not in raw


def test_without_its_key_what_is_left_of_a_rider_cannot_be_read(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo())
    stage.bench.keys.destroy("rider-1")

    read = stage.get(STAFF, f"/hazards/{hazard_id}").json()

    assert (read["words"], read["point"]) == (None, None)
    assert code(stage.get(STAFF, f"/hazards/{hazard_id}/photo")) == (404, "not-found")


def test_every_table_that_holds_something_of_a_rider_is_emptied_of_it(stage: Stage) -> None:
    stage.report(photo_id=stage.photo())
    stage.bench.clock.advance(timedelta(minutes=1))

    stage.bench.apply(ERASED)

    with stage.bench.read() as session:
        left = {
            table.__tablename__: len(session.scalars(select(table)).all())
            for table in (EarningDay, HazardContent, Photo)
        }
        kept = session.scalars(select(Hazard)).one()
    assert left == {"earning_day": 0, "hazard_content": 0, "photo": 0}
    assert (kept.rider_id, kept.photo_id, kept.category) == (None, None, "manhole")
