"""What staff may ask of a class; `certificates` ends it, after which missed attendance alone may be noted."""

from sqlalchemy.orm import Session

from services.training.classes import problems, rules, store
from services.training.classes.models import Enrolment, TrainingClass
from services.training.classes.rules import Outcome
from services.training.classes.schemas import AttendanceSheet, ClassChange
from shared.auth import STAFF, Principal, authorize
from shared.db.changes import give
from shared.errors import NOT_FOUND
from shared.events.training import AttendanceConfirmedV1, AttendanceNotedV1, CheckedInV1, ClassChangedV1
from shared.messaging import emit, now


def change_class(session: Session, principal: Principal, class_id: str, change: ClassChange) -> str:
    """Give a class another time or place; everybody with a place in it is told, of a real change only."""
    changed = _lock_running(session, principal, class_id)
    if change.starts_at is not None and change.starts_at < now(session):
        raise problems.START_IN_THE_PAST(starts_at=change.starts_at)

    if not give(changed, change.model_dump(exclude_none=True)):
        return class_id
    event = ClassChangedV1(
        subdistrict=changed.subdistrict,
        class_id=class_id,
        course_id=changed.course_id,
        title_zh=changed.title_zh,
        title_en=changed.title_en,
        starts_at=changed.starts_at,
        rider_ids=store.list_rider_ids(session, class_id),
    )
    emit(session, event)
    return class_id


def check_in_rider(session: Session, principal: Principal, class_id: str, rider_id: str) -> str:
    """Note that a rider came; a second time changes nothing."""
    held = _lock_running(session, principal, class_id)
    place = _get_place(session, class_id, rider_id)
    opens_at = rules.check_in_opens_at(held.starts_at)
    if now(session) < opens_at:
        raise problems.TOO_EARLY(class_id=class_id, opens_at=opens_at)
    if place.checked_in_at is None:
        place.checked_in_at = now(session)
        emit(session, CheckedInV1(subdistrict=held.subdistrict, class_id=class_id, rider_id=rider_id, present=True))
    return class_id


def undo_check_in(session: Session, principal: Principal, class_id: str, rider_id: str) -> str:
    """Take a check-in back, until the attendance is confirmed."""
    held = _lock_running(session, principal, class_id)
    place = _get_place(session, class_id, rider_id)
    if place.outcome == Outcome.PRESENT:
        raise problems.ATTENDANCE_STANDS(class_id=class_id, rider_id=rider_id)
    if place.checked_in_at is not None:
        place.checked_in_at = None
        emit(session, CheckedInV1(subdistrict=held.subdistrict, class_id=class_id, rider_id=rider_id, present=False))
    return class_id


def confirm_attendance(session: Session, principal: Principal, class_id: str, sheet: AttendanceSheet) -> str:
    """Confirm who was there, once per rider; who is not on the sheet was absent.

    A later sheet may add riders, also after the class ended.
    """
    held = _lock_class(session, principal, class_id)
    if now(session) < held.starts_at:
        raise problems.TOO_EARLY(class_id=class_id, opens_at=held.starts_at)
    for rider_id in (*sheet.present, *sheet.excused):
        _get_place(session, class_id, rider_id)

    for place in store.list_places(session, class_id):
        if place.rider_id is not None:
            outcome = rules.noted_outcome(place.outcome, on_sheet=sheet.outcome_of(place.rider_id))
            _note(session, held, place, outcome)
    return class_id


def _note(session: Session, held: TrainingClass, place: Enrolment, outcome: Outcome) -> None:
    if place.outcome == outcome:
        return
    place.outcome, place.confirmed_at = outcome.value, now(session)
    about = {"subdistrict": held.subdistrict, "class_id": held.id, "rider_id": str(place.rider_id)}
    if outcome is Outcome.PRESENT:
        emit(session, AttendanceConfirmedV1(**about, course_id=held.course_id))
    else:
        emit(session, AttendanceNotedV1(**about, outcome=outcome.value))


def _lock_class(session: Session, principal: Principal, class_id: str) -> TrainingClass:
    held = store.lock_class(session, class_id)
    authorize(principal, STAFF, subdistrict=held.subdistrict, hidden=NOT_FOUND(kind="class", id=class_id))
    return held


def _lock_running(session: Session, principal: Principal, class_id: str) -> TrainingClass:
    held = _lock_class(session, principal, class_id)
    if held.completed_at is not None:
        raise problems.CLASS_COMPLETED(class_id=class_id, completed_at=held.completed_at)
    return held


def _get_place(session: Session, class_id: str, rider_id: str) -> Enrolment:
    place = store.find_place(session, class_id, rider_id)
    if place is None:
        raise problems.NOT_ENROLLED(class_id=class_id, rider_id=rider_id)
    return place
