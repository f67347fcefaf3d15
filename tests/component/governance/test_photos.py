"""Photos over HTTP: checked by content, stripped, sealed, recognised, shown to whom they concern."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.governance.photos.models import Photo
from shared.auth import Principal
from shared.events.governance import HazardPhotoStoredV1, HazardReportedV1
from shared.messaging.tables import event_log
from shared.photos.decoder import inspect_apart
from shared.photos.picture import BODY_MAX_BYTES
from tests.component.governance.pictures import decoded, encoded, jpeg, jpeg_with_gps, picture, sent_again
from tests.component.governance.stage import (
    COMMUNITY_ELSEWHERE,
    OTHER,
    PARTNER,
    RIDER,
    STAFF,
    STAFF_ELSEWHERE,
    STRANGER,
    Stage,
    code,
    draft,
)


def test_a_photo_with_gps_is_looked_at_apart_and_comes_back_without_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "photos", inspect=inspect_apart)
    hazard_id = stage.report(photo_id=stage.photo(RIDER, jpeg_with_gps()))

    shown = stage.get(STAFF, f"/hazards/{hazard_id}/photo")

    assert shown.status_code == 200
    assert decoded(shown.content).size == (800, 600)
    assert not decoded(shown.content).getexif()


def test_a_photo_is_shown_as_a_download_that_no_browser_runs_or_keeps(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo())

    shown = stage.get(RIDER, f"/hazards/{hazard_id}/photo")

    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"] == f'attachment; filename="{hazard_id}.jpg"'
    assert shown.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("reader", [OTHER, STAFF_ELSEWHERE, PARTNER], ids=["other rider", "other staff", "partner"])
def test_nobody_else_sees_a_photo(stage: Stage, reader: Principal) -> None:
    hazard_id = stage.report(photo_id=stage.photo())

    assert code(stage.get(reader, f"/hazards/{hazard_id}/photo")) == (404, "not-found")


def test_a_report_without_photo_has_none_to_show(stage: Stage) -> None:
    assert code(stage.get(STAFF, f"/hazards/{stage.report()}/photo")) == (404, "not-found")


def test_what_lies_on_the_disk_is_sealed_and_nothing_else_knows_its_name(stage: Stage) -> None:
    stage.report(photo_id=stage.photo(RIDER, jpeg_with_gps()))

    (file,) = stage.files()
    with stage.bench.read() as session:
        documents = "".join(session.scalars(event_log.select().with_only_columns(event_log.c.document)))

    assert b"\xff\xd8" not in file.read_bytes()[:64]
    assert file.name not in documents
    assert len(stage.bench.told(HazardPhotoStoredV1)) == 1


def test_a_sealed_file_moved_to_another_photo_does_not_open(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo(RIDER, jpeg(1)))
    first = stage.files()[0]
    stage.report(photo_id=stage.photo(RIDER, jpeg(2)))
    second = next(path for path in stage.files() if path != first)

    first.write_bytes(second.read_bytes())

    assert stage.get(STAFF, f"/hazards/{hazard_id}/photo").status_code == 500


@pytest.mark.parametrize(
    ("body", "form", "problem"),
    [
        (b"", "image/jpeg", (415, "not-a-photo")),
        (b"<html>", "image/jpeg", (415, "not-a-photo")),
        (encoded(picture(1), "TIFF"), "image/png", (415, "not-a-photo")),
        (jpeg()[:5000], "image/jpeg", (422, "photo-damaged")),
        (jpeg(), "application/json", (415, "not-sent-as-photo")),
        (jpeg() + b"\0" * BODY_MAX_BYTES, "image/jpeg", (413, "photo-too-large")),
        (encoded(picture(1).resize((20, 20))), "image/jpeg", (422, "photo-too-small")),
        (encoded(picture(1).convert("1").resize((8001, 5000)), "PNG"), "image/png", (422, "photo-too-many-pixels")),
    ],
    ids=["nothing", "a page", "a TIFF", "cut off", "as JSON", "over 8 MiB", "tiny", "over 40 million pixels"],
)
def test_what_is_no_photo_is_refused_for_its_reason_and_leaves_nothing(
    stage: Stage, body: bytes, form: str, problem: tuple[int, str]
) -> None:
    answer = stage.send_photo(RIDER, body, form)

    assert code(answer) == problem
    assert stage.files() == []
    assert not stage.bench.told(HazardPhotoStoredV1)


def test_a_photo_that_is_too_large_is_told_the_limit_also_when_it_does_not_say_its_size(stage: Stage) -> None:
    mib = 1024 * 1024
    headers = {"Idempotency-Key": "one", "Content-Type": "image/jpeg"}

    sent = (b"x" * mib for _ in range(12))
    answer = stage.bench.http(RIDER).post("/api/governance/photos", content=sent, headers=headers)

    assert code(answer) == (413, "photo-too-large")
    assert "over 8 MB" in answer.json()["detail"]
    assert answer.json()["limit_kb"] * 1024 == BODY_MAX_BYTES == 8 * mib


def test_only_riders_send_photos(stage: Stage) -> None:
    assert code(stage.send_photo(STAFF, jpeg())) == (403, "forbidden")


def test_a_photo_sent_twice_under_one_key_is_one_photo(stage: Stage) -> None:
    first = stage.send_photo(RIDER, jpeg(1), key="one")

    second = stage.send_photo(RIDER, jpeg(1), key="one")
    other = stage.send_photo(RIDER, jpeg(2), key="one")

    assert second.json() == first.json()
    assert other.status_code == 422
    assert len(stage.files()) == 1


def test_a_photo_that_was_reported_before_is_known_when_it_comes_again_recompressed(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo(RIDER, jpeg(1)))

    same = stage.send_photo(OTHER, sent_again(jpeg(1))).json()
    other = stage.send_photo(OTHER, jpeg(2)).json()

    assert (same["known"], same["known_hazard"], same["state"]) == (True, hazard_id, "stored")
    assert (other["known"], other["known_hazard"]) == (False, None)


def test_a_photo_that_no_report_carries_does_not_make_another_one_known(stage: Stage) -> None:
    stage.photo(RIDER, jpeg(1))

    again = stage.send_photo(RIDER, jpeg(1)).json()
    reported = stage.post(RIDER, "/hazards", draft(photo_id=again["photo_id"])).json()

    assert again["known"] is False
    assert (reported["earns"], reported["same_photo_as"]) == (True, None)


def test_a_rider_of_another_sub_district_learns_nothing_of_a_report_here(stage: Stage) -> None:
    stage.report(photo_id=stage.photo(RIDER, jpeg(1)))

    assert stage.send_photo(STRANGER, jpeg(1)).json()["known"] is False


def test_one_s_own_photo_is_known_wherever_it_was_reported(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo(RIDER, jpeg(1)), community=COMMUNITY_ELSEWHERE)

    assert stage.send_photo(RIDER, jpeg(1)).json()["known_hazard"] == hazard_id


def test_a_photo_is_remembered_for_a_year(stage: Stage) -> None:
    stage.report(photo_id=stage.photo(RIDER, jpeg(1)))
    stage.bench.clock.advance(timedelta(days=366))

    assert stage.send_photo(RIDER, jpeg(1)).json()["known"] is False


def test_a_photo_is_in_one_report_only(stage: Stage) -> None:
    photo_id = stage.photo()
    hazard_id = stage.report(photo_id=photo_id)

    again = stage.post(RIDER, "/hazards", draft(photo_id=photo_id))

    assert code(again) == (409, "photo-taken")
    assert again.json()["hazard_id"] == hazard_id
    assert len(stage.bench.told(HazardReportedV1)) == 1


def test_nobody_reports_with_somebody_else_s_photo(stage: Stage) -> None:
    photo_id = stage.photo(RIDER)

    assert code(stage.post(OTHER, "/hazards", draft(photo_id=photo_id))) == (404, "not-found")
    with stage.bench.read() as session:
        photo = session.get(Photo, photo_id)
    assert photo is not None
    assert photo.hazard_id is None


def test_no_more_than_ten_photos_of_a_rider_wait_for_a_report(stage: Stage) -> None:
    for number in range(10):
        stage.photo(RIDER, jpeg(number))

    assert code(stage.send_photo(RIDER, jpeg(11))) == (409, "too-many-photos-waiting")
    assert len(stage.files()) == 10


def test_a_photo_that_cannot_be_written_is_refused_and_may_be_sent_again(stage: Stage) -> None:
    blocked = stage.folder / "2026-09-18"
    blocked.write_text("a file where a folder should be")
    refused = stage.send_photo(RIDER, jpeg(), key="one")
    blocked.unlink()

    again = stage.send_photo(RIDER, jpeg(), key="one")

    assert code(refused) == (507, "photo-not-kept")
    assert again.status_code == 201
