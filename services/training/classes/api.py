"""Routes of classes, check-ins and attendance."""

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.training.classes import commands, store
from services.training.classes.models import Enrolment, TrainingClass
from services.training.classes.schemas import AttendanceSheet, CheckIn, ClassChange, ClassView, PlaceView
from shared.auth import STAFF, Principal, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["classes"])


@router.get("/classes")
def list_classes(call: Caller, cursor: Cursor) -> Page[ClassView]:
    """List the classes of the own sub-district: all of them for staff, those that can still be joined for riders."""
    who = call.principal
    authorize(who, {*STAFF, Role.RIDER})
    is_rider = who.role is Role.RIDER
    wanted = store.list_joinable(who.subdistrict or "", call.now) if is_rider else store.list_classes(scope_of(who))
    only = who.id if is_rider else None
    return call.read(
        lambda session: page_of(
            session, wanted, key=TrainingClass.id, cursor=cursor, view=partial(_class_view, session, only)
        )
    )


@router.get("/classes/mine")
def list_own_classes(call: Caller, cursor: Cursor) -> Page[ClassView]:
    """List the classes in which the rider has a place."""
    authorize(call.principal, {Role.RIDER})
    wanted, rider_id = store.list_classes_of(call.principal.id), call.principal.id
    return call.read(
        lambda session: page_of(
            session, wanted, key=TrainingClass.id, cursor=cursor, view=partial(_class_view, session, rider_id)
        )
    )


@router.get("/classes/{class_id}")
def show_class(class_id: str, call: Caller) -> ClassView:
    """Show a class to its sub-district's staff, or to a rider who has a place in it."""
    return call.read(lambda session: _visible_class(session, call.principal, class_id))


@router.patch("/classes/{class_id}", response_model=ClassView)
def change_class(class_id: str, change: ClassChange, call: Caller) -> Response:
    """Change time or place (staff); everybody with a place is told."""
    return call.act(lambda session: commands.change_class(session, call.principal, class_id, change), _show_class, 200)


@router.post("/classes/{class_id}/check-ins", status_code=201, response_model=ClassView)
def check_in_rider(class_id: str, check_in: CheckIn, call: Caller) -> Response:
    """Check a rider in (staff), from an hour before the class on."""
    return call.once(
        lambda session: commands.check_in_rider(session, call.principal, class_id, check_in.rider_id), _show_class
    )


@router.post("/classes/{class_id}/check-ins/undo", status_code=201, response_model=ClassView)
def undo_check_in(class_id: str, check_in: CheckIn, call: Caller) -> Response:
    """Take a check-in back (staff), until the attendance is confirmed."""
    return call.once(
        lambda session: commands.undo_check_in(session, call.principal, class_id, check_in.rider_id), _show_class
    )


@router.post("/classes/{class_id}/attendance", status_code=201, response_model=ClassView)
def confirm_attendance(class_id: str, sheet: AttendanceSheet, call: Caller) -> Response:
    """Confirm who was there, who had an excuse, and so who was absent (staff); what was missed, also afterwards."""
    return call.once(lambda session: commands.confirm_attendance(session, call.principal, class_id, sheet), _show_class)


def _show_class(session: Session, class_id: str) -> ClassView:
    return _class_view(session, None, store.get_class(session, class_id))


def _visible_class(session: Session, principal: Principal, class_id: str) -> ClassView:
    found = store.get_class(session, class_id)
    hidden = NOT_FOUND(kind="class", id=class_id)
    if principal.role is not Role.RIDER:
        authorize(principal, STAFF, subdistrict=found.subdistrict, hidden=hidden)
        return _class_view(session, None, found)
    if store.find_place(session, class_id, principal.id) is None:
        raise hidden
    return _class_view(session, principal.id, found)


def _class_view(session: Session, only: str | None, found: TrainingClass) -> ClassView:
    """Show a class with all its places, or with one rider's only."""
    places = store.list_places(session, found.id)
    return ClassView(
        id=found.id,
        course_id=found.course_id,
        subdistrict=found.subdistrict,
        title_zh=found.title_zh,
        title_en=found.title_en,
        starts_at=found.starts_at,
        venue_zh=found.venue_zh,
        venue_en=found.venue_en,
        state="open" if found.completed_at is None else "completed",
        taken=len(places),
        places=[_place_view(place) for place in places if only is None or place.rider_id == only],
    )


def _place_view(place: Enrolment) -> PlaceView:
    return PlaceView.model_validate(place, from_attributes=True)
