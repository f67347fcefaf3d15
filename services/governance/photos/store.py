"""Every query on photos."""

from datetime import date, datetime

from sqlalchemy import delete, func, select, union
from sqlalchemy.orm import Session

from services.governance.photos.models import Photo, PhotoBand, PhotoDay
from services.governance.photos.rules import Sighting, Trace, bands_near, bands_of
from shared.db.locks import locked
from shared.db.upsert import delete_unlocked, insert_new
from shared.errors import NOT_FOUND


def add_photo(session: Session, photo: Photo) -> None:
    """Keep a photo that no report carries yet."""
    session.add(photo)
    session.flush()


def count_waiting(session: Session, rider_id: str) -> int:
    """Return how many of the rider's photos no report carries."""
    waiting = select(func.count()).select_from(Photo).where(Photo.rider_id == rider_id, Photo.hazard_id.is_(None))
    return session.scalar(waiting) or 0


def lock_day(session: Session, rider_id: str, day: date) -> PhotoDay:
    """Return the rider's count of a day; the rider's other photos of the day wait for this transaction."""
    session.execute(insert_new(session, PhotoDay.table()), [{"rider_id": rider_id, "day": day, "looked_at": 0}])
    wanted = select(PhotoDay).where(PhotoDay.rider_id == rider_id, PhotoDay.day == day)
    return session.scalars(locked(wanted)).one()


def forget_days(session: Session, before: date) -> None:
    """Forget the counts of days that are over."""
    delete_unlocked(session, PhotoDay.table(), PhotoDay.day < before)


def get_photo(session: Session, photo_id: str) -> Photo:
    """Return a photo; raises NOT_FOUND."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise NOT_FOUND(kind="photo", id=photo_id)
    return photo


def trace_of(photo: Photo) -> Trace:
    """Return what a photo is recognised by."""
    return Trace(photo.digest, int(photo.phash, 16))


def find_photo_of(session: Session, hazard_id: str) -> Photo | None:
    """Return the photo that a report carries."""
    return session.scalar(select(Photo).where(Photo.hazard_id == hazard_id))


def lock_photo(session: Session, photo_id: str) -> Photo:
    """Return a photo that nobody else changes until the transaction ends; raises NOT_FOUND."""
    photo = session.scalar(locked(select(Photo).where(Photo.id == photo_id)))
    if photo is None:
        raise NOT_FOUND(kind="photo", id=photo_id)
    return photo


def carry(session: Session, photo: Photo, hazard_id: str, subdistrict: str) -> None:
    """Let a report carry a photo, which is found by what it looks like from now on."""
    photo.hazard_id, photo.subdistrict = hazard_id, subdistrict
    session.add_all(
        PhotoBand(subdistrict=subdistrict, band=band, photo_id=photo.id) for band in bands_of(trace_of(photo).phash)
    )
    session.flush()


def list_sightings(
    session: Session, trace: Trace, rider_id: str, subdistrict: str | None, since: datetime
) -> list[Sighting]:
    """Return the photos that may be the same as one, and that reports carry: the oldest first.

    They are the rider's own of anywhere, and those of the sub-district that have its bytes or a band near its own.
    """
    wanted = select(Photo).where(Photo.hazard_id.is_not(None), Photo.stored_at >= since)
    own = wanted.where(Photo.rider_id == rider_id)
    here = wanted.where(Photo.subdistrict == subdistrict)
    near = select(PhotoBand.photo_id).where(
        PhotoBand.subdistrict == subdistrict, PhotoBand.band.in_(bands_near(trace.phash))
    )
    # One SELECT with OR would be answered by reading all photos of the sub-district.
    found = union(own, here.where(Photo.digest == trace.digest), wanted.where(Photo.id.in_(near)))
    rows = session.execute(found.order_by("stored_at", "id"))
    return [Sighting(Trace(row.digest, int(row.phash, 16)), row.rider_id, row.hazard_id) for row in rows]


def drop_unused(session: Session, photo_id: str) -> str | None:
    """Delete a photo that no report carries; return the key of its file, None where there is no such photo."""
    unused = delete(Photo).where(Photo.id == photo_id, Photo.hazard_id.is_(None))
    return session.scalar(unused.returning(Photo.file_key))


def list_file_keys(session: Session, folder: str) -> set[str]:
    """Return the keys of the files that photos have in a folder."""
    return set(session.scalars(select(Photo.file_key).where(Photo.file_key.startswith(f"{folder}/"))))
