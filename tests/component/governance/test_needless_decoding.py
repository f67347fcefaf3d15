"""A photo is decoded only when it may be kept, and while it is decoded everybody else goes on."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.governance.photos.models import PhotoDay
from shared.events.registration import RiderErasedV1
from shared.photos.cleaning import clean
from shared.photos.picture import CleanPhoto
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import HERE, OTHER, RIDER, Stage, code


class Watched:
    """Governance whose decoder counts, and lets another rider report meanwhile where that is asked for."""

    def __init__(self, folder: Path) -> None:
        self.decoded, self.meanwhile = 0, False
        self.stage = Stage(folder, inspect=self._inspect)

    def _inspect(self, body: bytes) -> CleanPhoto:
        self.decoded += 1
        if self.meanwhile:
            self.stage.report(OTHER)
        return clean(body)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "photos")


def test_a_repeat_is_answered_without_decoding_the_photo_again(watched: Watched) -> None:
    first = watched.stage.send_photo(RIDER, jpeg(1), key="one")

    again = watched.stage.send_photo(RIDER, jpeg(1), key="one")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert watched.decoded == 1


def test_another_photo_under_a_used_key_is_refused_undecoded(watched: Watched) -> None:
    watched.stage.send_photo(RIDER, jpeg(1), key="one")

    assert code(watched.stage.send_photo(RIDER, jpeg(2), key="one")) == (422, "idempotency-key-reused")
    assert watched.decoded == 1


def test_a_photo_above_the_limit_of_waiting_ones_is_refused_undecoded(watched: Watched) -> None:
    for number in range(10):
        watched.stage.photo(RIDER, jpeg(number))

    assert code(watched.stage.send_photo(RIDER, jpeg(11))) == (409, "too-many-photos-waiting")
    assert watched.decoded == 10


def test_a_photo_of_an_erased_rider_is_refused_undecoded(watched: Watched) -> None:
    watched.stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id="rider-1"))

    assert code(watched.stage.send_photo(RIDER, jpeg())) == (403, "rider-erased")
    assert watched.decoded == 0


def test_others_report_while_a_photo_is_decoded(watched: Watched) -> None:
    watched.meanwhile = True

    assert watched.stage.send_photo(RIDER, jpeg()).status_code == 201
    assert watched.stage.get(OTHER, "/hazards/mine").json()["total"] == 1


def test_damaged_photos_are_looked_at_a_hundred_times_a_day_and_others_are_not_kept_waiting(watched: Watched) -> None:
    damaged = jpeg()[:500]
    refused = {code(watched.stage.send_photo(RIDER, damaged, key=f"damaged-{number}")) for number in range(100)}

    above = watched.stage.send_photo(RIDER, jpeg(), key="above")
    other = watched.stage.send_photo(OTHER, jpeg(), key="other")
    watched.stage.bench.clock.advance(timedelta(seconds=int(above.headers["retry-after"])))
    tomorrow = watched.stage.send_photo(RIDER, jpeg(), key="tomorrow")

    assert refused == {(422, "photo-damaged")}
    assert code(above) == (429, "too-many-photos")
    assert (other.status_code, tomorrow.status_code) == (201, 201)
    assert watched.decoded == 102


def test_photos_are_counted_for_the_day_only(watched: Watched) -> None:
    watched.stage.photo(RIDER, jpeg(1))
    watched.stage.bench.clock.advance(timedelta(days=1))
    watched.stage.photo(OTHER, jpeg(2))

    with watched.stage.bench.read() as session:
        counted = session.scalars(select(PhotoDay.rider_id)).all()

    assert counted == [OTHER.id]
