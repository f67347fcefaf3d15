"""Where a photo was before is found by the bands of its hash: all that is the same, and little else."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from services.governance.photos import store
from services.governance.photos.models import Photo, PhotoBand
from services.governance.photos.rules import Trace, bands_of
from shared.events.registration import RiderErasedV1
from shared.photos.picture import CleanPhoto
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import HERE, OTHER, RIDER, Stage, draft
from tests.moments import NOON

STEPS = "services.governance.migrations.versions"
CLEAR = 0xFFFF_0000_FFFF_0000
MANY = 600


def carried(session: Session, number: int, phash: int) -> None:
    """Let a report of somebody's carry a photo."""
    photo = Photo(
        id=f"photo-{number}",
        rider_id="somebody",
        file_key=f"2026-09-17/{number}",
        digest=f"digest-{number}",
        phash=f"{phash:016x}",
        stored_at=NOON,
    )
    store.add_photo(session, photo)
    store.carry(session, photo, f"hazard-{number}", HERE)


def changed(phash: int, bits: int, random: Random) -> int:
    """Return a hash that differs in so many bits."""
    for bit in random.sample(range(64), bits):
        phash ^= 1 << bit
    return phash


def test_of_many_photos_the_one_that_is_the_same_is_among_the_few_that_are_looked_at(stage: Stage) -> None:
    random = Random(7)
    hashes = [random.getrandbits(64) for _ in range(MANY)]
    with stage.bench.store.write() as session:
        for number, phash in enumerate(hashes):
            carried(session, number, phash)

    with stage.bench.read() as session:
        for number in range(0, MANY, 10):
            trace = Trace("another file", changed(hashes[number], random.randint(0, 8), random))
            seen = store.list_sightings(session, trace, "nobody", HERE, NOON - timedelta(days=1))

            assert f"hazard-{number}" in {sighting.hazard_id for sighting in seen}
            assert len(seen) < MANY / 20


def test_a_report_is_told_of_a_photo_that_differs_in_eight_bits_and_of_none_that_differs_in_nine(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path / "photos", inspect=lambda body: CleanPhoto(jpeg(), 800, 600, int(body, 16)))
    first = stage.report(RIDER, photo_id=stage.photo(RIDER, f"{CLEAR:x}".encode()))

    for place in range(0, 56, 11):
        for bits, known in ((8, first), (9, None)):
            phash = CLEAR ^ (((1 << bits) - 1) << place)
            answer = stage.send_photo(OTHER, f"{phash:x}".encode()).json()
            assert answer["known_hazard"] == known
            stage.bench.clock.advance(timedelta(hours=25))
            stage.bench.fire_timers()


def test_a_photo_on_which_nothing_can_be_seen_is_known_by_its_bytes_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "photos", inspect=lambda _body: CleanPhoto(jpeg(), 800, 600, 0))
    first = stage.report(RIDER, photo_id=stage.photo(RIDER, b"black"))

    same, other = (stage.photo(OTHER, body) for body in (b"black", b"also black"))

    assert stage.post(OTHER, "/hazards", draft(photo_id=same)).json()["same_photo_as"] == first
    assert stage.post(OTHER, "/hazards", draft(photo_id=other)).json()["same_photo_as"] is None


def test_no_band_of_an_erased_rider_s_photo_is_left(stage: Stage) -> None:
    stage.report(RIDER, photo_id=stage.photo(RIDER, jpeg(1)))
    kept = stage.photo(OTHER, jpeg(2))
    stage.report(OTHER, photo_id=kept)

    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id=RIDER.id))

    with stage.bench.read() as session:
        assert set(session.scalars(select(PhotoBand.photo_id))) == {kept}


def test_the_migration_lets_photos_be_found_that_reports_carried_before_it() -> None:
    old = text("INSERT INTO photo VALUES (:id, 'r', :id, :id, :phash, '2026', :hazard_id, :subdistrict)")
    plain = {"phash": f"{CLEAR:016x}", "hazard_id": None, "subdistrict": None}
    rows = [{**plain, "id": "waiting"}, {**plain, "id": "carried", "hazard_id": "h1", "subdistrict": HERE}]
    with create_engine("sqlite://").begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            import_module(f"{STEPS}.0001_first").upgrade()
            connection.execute(old, rows)
            import_module(f"{STEPS}.0002_photo_bands").upgrade()

        found = connection.execute(text("SELECT subdistrict, band, photo_id FROM photo_band ORDER BY band")).all()

    assert [tuple(row) for row in found] == [(HERE, band, "carried") for band in bands_of(CLEAR)]
