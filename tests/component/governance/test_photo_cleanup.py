"""Files that no report needs are removed: unused ones, those of erased riders, those that a crash left."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.photos.handlers import forget_photo
from services.governance.photos.models import Photo
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import RIDER, STAFF, Stage, code, draft


def test_a_photo_that_no_report_carries_is_gone_after_a_day(stage: Stage) -> None:
    photo_id = stage.photo()
    stage.bench.clock.advance(timedelta(hours=23, minutes=59))
    stage.bench.fire_timers()
    assert len(stage.files()) == 1

    stage.bench.clock.advance(timedelta(minutes=1))
    stage.bench.fire_timers()

    assert stage.files() == []
    assert code(stage.post(RIDER, "/hazards", draft(photo_id=photo_id))) == (404, "not-found")


def test_a_photo_in_a_report_stays(stage: Stage) -> None:
    hazard_id = stage.report(photo_id=stage.photo())

    stage.bench.clock.advance(timedelta(days=100))
    stage.bench.fire_timers()

    assert stage.get(STAFF, f"/hazards/{hazard_id}/photo").status_code == 200


def test_a_photo_taken_in_the_moment_in_which_its_timer_fires_stays(stage: Stage) -> None:
    photo_id = stage.photo()
    hazard_id = stage.report(photo_id=photo_id)

    with stage.bench.command(RIDER) as session:
        forget_photo(session, photo_id)
    stage.bench.fire_timers()

    assert stage.get(STAFF, f"/hazards/{hazard_id}/photo").status_code == 200


def test_a_file_whose_transaction_never_committed_is_swept_the_day_after_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.report(photo_id=stage.photo(RIDER, jpeg(1)))
    with monkeypatch.context() as crashing:
        crashing.setattr(stage.bench.node.store, "commit", _crash)
        assert stage.send_photo(RIDER, jpeg(2)).status_code == 500
    assert len(stage.files()) == 2

    stage.bench.clock.advance(timedelta(days=2))
    stage.bench.fire_timers()

    assert len(stage.files()) == 1
    assert stage.findings() == []


def test_a_file_that_cannot_be_removed_now_is_removed_later(stage: Stage) -> None:
    stage.photo()
    (file,) = stage.files()
    kept, hidden = file.parent, Path(f"{file.parent}-away")
    kept.rename(hidden)
    kept.write_text("a file where a folder should be")
    stage.bench.clock.advance(timedelta(days=1))
    with pytest.raises(OSError, match="photos cannot be read or written"):
        stage.bench.fire_timers()

    kept.unlink()
    hidden.rename(kept)
    stage.bench.fire_timers()

    assert stage.files() == []


def _crash(session: Session) -> None:
    """Die before the commit of the transaction that keeps a second photo."""
    if len(session.scalars(select(Photo)).all()) > 1:
        raise MemoryError
    session.commit()
