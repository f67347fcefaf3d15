"""What riders and staff may ask of photos: store one, see the one of a report."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy.orm import Session

from services.governance.hazards import store as hazards
from services.governance.people import rules as people_rules
from services.governance.people import store as people
from services.governance.photos import personal, problems, rules, store
from services.governance.photos.models import Photo, PhotoDay
from services.governance.photos.rules import Sighting, Trace
from services.governance.problems import CONSENT_DECLINED, RIDER_GONE
from shared.auth import STAFF, Principal, Role, authorize
from shared.clock import end_of_local_day, local_day
from shared.errors import NOT_FOUND
from shared.events.envelope import DISTRICT
from shared.events.governance import HazardPhotoStoredV1
from shared.messaging import emit, is_erased, new_id, now, schedule
from shared.photos.store import PhotoStore


@dataclass(frozen=True)
class Upload:
    """A clean photo, and what it will be recognised by."""

    jpeg: bytes
    trace: Trace


def store_photo(session: Session, principal: Principal, upload: Upload, files: PhotoStore) -> str:
    """Seal a photo and keep it for a day, or longer once a report carries it; return its id."""
    rider_id, moment = principal.id, now(session)
    _lock_room(session, principal, moment)
    rule = rules.photo_rule(moment)
    photo = Photo(
        id=new_id(session, "photo"),
        rider_id=rider_id,
        file_key=f"{local_day(moment)}/{new_id(session, 'photo-file')}",
        digest=upload.trace.digest,
        phash=f"{upload.trace.phash:016x}",
        stored_at=moment,
    )

    _put(files, photo.file_key, personal.seal_file(session, rider_id, photo.id, upload.jpeg))
    store.add_photo(session, photo)
    schedule(session, "forget-photo", photo.id, moment + rule.unused_kept)
    schedule(session, "sweep-files", str(local_day(moment)), end_of_local_day(moment) + rule.unused_kept)
    emit(session, HazardPhotoStoredV1(subdistrict=principal.subdistrict or DISTRICT, photo_id=photo.id))
    return photo.id


def admit_photo(session: Session, principal: Principal) -> str:
    """Count a photo that is about to be decoded; return the day that it counts for.

    Refuses one that would not be kept, whatever it shows, and whoever has sent too many, damaged ones above all.
    """
    moment = now(session)
    today, limit = _lock_room(session, principal, moment), rules.photo_rule(moment).looks_max
    if today.looked_at >= limit:
        again_at = end_of_local_day(moment)
        wait_s = ceil((again_at - moment).total_seconds())
        raise problems.TOO_MANY_PHOTOS(limit=limit, again_at=again_at, retry_after_s=wait_s)
    today.looked_at += 1
    store.forget_days(session, before=today.day)
    return str(today.day)


def find_known(session: Session, principal: Principal, photo: Photo) -> Sighting | None:
    """Return the report of the caller, or of the caller's sub-district, that carried the same photo before."""
    rule = rules.photo_rule(photo.stored_at)
    home = people_rules.home_of(principal.subdistrict, people.find_home(session, principal.id))
    trace = store.trace_of(photo)
    seen = store.list_sightings(session, trace, principal.id, home, photo.stored_at - rule.remembered)
    earlier = [sighting for sighting in seen if sighting.hazard_id != photo.hazard_id]
    return rules.earlier_sighting(trace, principal.id, earlier, rule)


def read_photo(session: Session, principal: Principal, hazard_id: str, files: PhotoStore) -> bytes:
    """Return a report's photo as JPEG, for the rider who reported and the sub-district's staff; raises NOT_FOUND."""
    hidden = NOT_FOUND(kind="photo", id=hazard_id)
    hazard = hazards.find_hazard(session, hazard_id)
    photo = store.find_photo_of(session, hazard_id)
    if hazard is None or photo is None:
        raise hidden
    roles = STAFF | {Role.RIDER}
    authorize(principal, roles, subdistrict=hazard.subdistrict, owner=photo.rider_id, hidden=hidden)
    jpeg = personal.open_file(session, photo, files.get(photo.file_key))
    if jpeg is None:
        raise hidden
    return jpeg


def _lock_room(session: Session, principal: Principal, moment: datetime) -> PhotoDay:
    """Return the rider's count of the day, locked, when one more photo would be kept."""
    authorize(principal, {Role.RIDER})
    if is_erased(session, principal.id):
        raise RIDER_GONE()
    if people.has_declined(session, principal.id, people_rules.PHOTO):
        raise CONSENT_DECLINED(purpose=people_rules.PHOTO)
    today = store.lock_day(session, principal.id, local_day(moment))
    waiting, limit = store.count_waiting(session, principal.id), rules.photo_rule(moment).waiting_max
    if waiting >= limit:
        raise problems.TOO_MANY_WAITING(waiting=waiting, limit=limit)
    return today


def _put(files: PhotoStore, file_key: str, sealed: bytes) -> None:
    try:
        files.put(file_key, sealed)
    except OSError as error:
        raise problems.PHOTO_NOT_KEPT() from error
