"""What is done about photos when it is time: forget what no report carries, remove files."""

from functools import partial

from sqlalchemy.orm import Session

from services.governance.photos import store
from shared.messaging import Timers, now, schedule
from shared.photos.store import PhotoStore


def forget_photo(session: Session, photo_id: str) -> None:
    """Delete a photo that no report carries; its file is removed once that is certain."""
    file_key = store.drop_unused(session, photo_id)
    if file_key is not None:
        schedule(session, "remove-file", file_key, now(session))


def remove_file(files: PhotoStore, _session: Session, file_key: str) -> None:
    """Remove the file of a photo that is deleted already."""
    files.delete(file_key)


def sweep_files(files: PhotoStore, session: Session, day: str) -> None:
    """Remove the files of a day that no photo names: a crash between file and transaction left them."""
    named = store.list_file_keys(session, day)
    for file_key in files.keys(day):
        if file_key not in named:
            files.delete(file_key)


def timers(files: PhotoStore) -> Timers:
    """Return what is done when a timer is due, for photos kept in `files`."""
    return {
        "forget-photo": forget_photo,
        "remove-file": partial(remove_file, files),
        "sweep-files": partial(sweep_files, files),
    }
