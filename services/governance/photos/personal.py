"""What is personal in photos: every table, and the files, each sealed under its rider's key."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.governance.photos.models import Photo, PhotoBand, PhotoDay
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys, now, schedule


def seal_file(session: Session, rider_id: str, photo_id: str, jpeg: bytes) -> bytes:
    """Return a photo's file as it is kept. Raises KeyDestroyedError for an erased rider."""
    return keys(session).seal(rider_id, f"photo.file/{photo_id}", jpeg)


def open_file(session: Session, photo: Photo, sealed: bytes) -> bytes | None:
    """Return the JPEG in a file, None once the rider's key is destroyed."""
    try:
        return keys(session).open(photo.rider_id, f"photo.file/{photo.id}", sealed)
    except KeyDestroyedError:
        return None


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's photos; their files, unreadable already, are removed by timers at once."""
    for file_key in session.scalars(select(Photo.file_key).where(Photo.rider_id == rider_id)):
        schedule(session, "remove-file", file_key, now(session))
    own = select(Photo.id).where(Photo.rider_id == rider_id)
    session.execute(delete(PhotoBand).where(PhotoBand.photo_id.in_(own)))
    session.execute(delete(Photo).where(Photo.rider_id == rider_id))
    session.execute(delete(PhotoDay).where(PhotoDay.rider_id == rider_id))
