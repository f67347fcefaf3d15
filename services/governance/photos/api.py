"""Routes of photos."""

import hashlib
from functools import partial
from typing import Annotated, Any, cast

from fastapi import APIRouter, Header, Response
from sqlalchemy.orm import Session

from services.governance.photos import commands, problems, store
from services.governance.photos.commands import Upload
from services.governance.photos.rules import Trace
from services.governance.photos.schemas import Admitted, PhotoView
from services.governance.ports import Ports
from shared.auth import Role, authorize
from shared.photos.picture import BODY_MAX_BYTES, PhotoError
from shared.web import Call, Caller
from shared.web.problems import told_too_large

router = APIRouter(tags=["photos"])
BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
FORMS = ("image/jpeg", "image/png", "image/webp")
SENT = {"requestBody": {"required": True, "content": dict.fromkeys(FORMS, BYTES)}}
SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": BYTES}}}


@router.post("/photos", status_code=201, response_model=PhotoView, max_body_size=BODY_MAX_BYTES, openapi_extra=SENT)
@told_too_large(problems.PHOTO_TOO_LARGE)
def store_photo(call: Caller, content_type: Annotated[str, Header()] = "") -> Response:
    """Store a photo (rider), sent as the body itself; a report may carry it within a day."""
    authorize(call.principal, {Role.RIDER})
    if not content_type.startswith("image/"):
        raise problems.NOT_SENT_AS_PHOTO()
    show = partial(_show, call)
    answer = call.repeat(show)
    if answer is not None:
        return answer
    upload, files = _inspected(call), ports(call).photos
    return call.once(lambda session: commands.store_photo(session, call.principal, upload, files), show)


@router.get("/hazards/{hazard_id}/photo", response_class=Response, responses=SHOWN)
def get_photo(hazard_id: str, call: Caller) -> Response:
    """Return a report's photo to the rider who reported and to the sub-district's staff."""
    files = ports(call).photos
    jpeg = call.read(lambda session: commands.read_photo(session, call.principal, hazard_id, files))
    headers = {
        "Content-Disposition": f'attachment; filename="{hazard_id}.jpg"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(jpeg, media_type="image/jpeg", headers=headers)


def ports(call: Call) -> Ports:
    """Return what the service was given from outside."""
    return cast(Ports, call.ports)


def _inspected(call: Call) -> Upload:
    """Look at the photo before the transaction begins: decoding takes longer than any transaction should.

    It is counted in its turn, so that one which gets no turn costs none of the day's looks.
    """
    given = ports(call)
    try:
        with given.turns.turn(call.principal.id):
            call.act(lambda session: commands.admit_photo(session, call.principal), _admitted)
            clean = given.inspect(call.body)
    except PhotoError as error:
        raise problems.OF_ERRORS[type(error)]() from error
    return Upload(clean.jpeg, Trace(hashlib.sha256(call.body).hexdigest(), clean.phash))


def _admitted(_session: Session, day: str) -> Admitted:
    return Admitted(day=day)


def _show(call: Call, session: Session, photo_id: str) -> PhotoView:
    photo = store.get_photo(session, photo_id)
    seen = commands.find_known(session, call.principal, photo)
    return PhotoView(
        photo_id=photo.id,
        state="stored" if photo.hazard_id is None else "used",
        known=seen is not None,
        known_hazard=seen.hazard_id if seen is not None else None,
    )
