"""What riders and staff may ask of the catalogue and of orders; an order opens or joins a class at once."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.training.classes import rules as class_rules
from services.training.classes import store as classes
from services.training.classes.models import TrainingClass
from services.training.courses import personal, problems, rules, store
from services.training.courses.models import Course, CourseOrder
from services.training.courses.schemas import CourseAnswer, CourseChange, CourseDraft, CourseWanted, OrderAnswer
from shared.auth import STAFF, Principal, Role, authorize
from shared.db.changes import give
from shared.errors import NOT_FOUND
from shared.events.envelope import DISTRICT
from shared.events.training import ClassJoinedV1, ClassOpenedV1, CourseChangedV1, CourseOrderedV1
from shared.messaging import emit, is_erased, new_id, now
from shared.places import get_subdistrict


def add_course(session: Session, principal: Principal, draft: CourseDraft) -> str:
    """Put a course into the catalogue, for the riders of every sub-district; return its id."""
    authorize(principal, STAFF)
    course = store.add_course(
        session,
        Course(
            id=new_id(session, "course"),
            subdistrict=principal.subdistrict or DISTRICT,
            added_at=now(session),
            **draft.model_dump(),
        ),
    )

    _tell_of(session, course)
    return course.id


def change_course(session: Session, principal: Principal, course_id: str, change: CourseChange) -> str:
    """Change a course of the own sub-district; classes and certificates that stand keep what they say."""
    course = store.lock_course(session, course_id)
    hidden = NOT_FOUND(kind="course", id=course_id)
    authorize(principal, STAFF, subdistrict=course.subdistrict, hidden=hidden)
    if course.title_zh is None:
        raise problems.COURSE_UNTITLED(course_id=course.id)

    if give(course, change.model_dump(exclude_none=True)):
        _tell_of(session, course)
    return course.id


def order_course(session: Session, principal: Principal, wanted: CourseWanted) -> str:
    """Order a course (点单); return the order, the same one while the course of an earlier one has not ended."""
    authorize(principal, {Role.RIDER})
    if not rules.names_one(wanted.course_id, wanted.wish):
        raise problems.COURSE_OR_WISH()
    if is_erased(session, principal.id):
        raise problems.RIDER_GONE()
    home = rules.home_of(principal.subdistrict, store.find_home(session, principal.id))
    if home is None:
        raise problems.HOME_UNKNOWN()
    if wanted.course_id is None:
        return _order_wish(session, principal.id, home, str(wanted.wish))

    course = store.get_course(session, wanted.course_id)
    if course.title_zh is None:
        raise NOT_FOUND(kind="course", id=course.id)
    order = _open_order(session, principal.id, home, course)
    if order.class_id is None:
        _seat(session, order, course)
    return order.id


def answer_order(session: Session, principal: Principal, order_id: str, answer: CourseAnswer) -> str:
    """Give the course of a wish its titles, or say which course of the catalogue it is; its class opens at once."""
    order = store.lock_order(session, order_id)
    authorize(principal, STAFF, subdistrict=order.subdistrict, hidden=NOT_FOUND(kind="order", id=order_id))
    if not rules.names_course(answer.course_id, answer.title_zh, answer.title_en):
        raise problems.COURSE_OR_TITLES()
    if order.class_id is not None or not order.active:
        raise problems.ORDER_SETTLED(order_id=order.id, class_id=order.class_id)

    if answer.course_id is None:
        course = _title(session, order, answer)
    else:
        course = _catalogued(session, answer.course_id)
        earlier = store.find_active_order(session, str(order.rider_id), course.id)
        if earlier is not None:
            return _fold_into(session, order, earlier, course)
        order.course_id = course.id
    _seat(session, order, course)
    return order.id


def describe_order(session: Session, order_id: str) -> OrderAnswer:
    """Say what an order has led to."""
    order = store.get_order(session, order_id)
    joined = None if order.class_id is None else classes.get_class(session, order.class_id)
    return OrderAnswer(
        id=order.id,
        course_id=order.course_id,
        subdistrict=order.subdistrict,
        state=rules.order_state(active=order.active, has_class=joined is not None),
        class_id=order.class_id,
        starts_at=None if joined is None else joined.starts_at,
        ordered_at=order.ordered_at,
    )


def _order_wish(session: Session, rider_id: str, home: str, words: str) -> str:
    store.lock_rider(session, rider_id, home)
    limit = rules.order_rule(now(session)).waiting_wishes_max
    waiting = store.count_waiting(session, rider_id)
    if waiting >= limit:
        raise problems.TOO_MANY_WISHES(waiting=waiting, limit=limit)
    untitled = Course(id=new_id(session, "course"), subdistrict=home, certifies=False, added_at=now(session))
    order = _open_order(session, rider_id, home, store.add_course(session, untitled))
    personal.keep_words(session, rider_id, order.id, words)
    return order.id


def _open_order(session: Session, rider_id: str, home: str, course: Course) -> CourseOrder:
    wanted = CourseOrder(
        id=new_id(session, "order"),
        rider_id=rider_id,
        course_id=course.id,
        subdistrict=home,
        active=True,
        ordered_at=now(session),
    )
    order = store.open_order(session, wanted)
    if order.id == wanted.id:
        told = CourseOrderedV1(subdistrict=home, order_id=order.id, rider_id=rider_id, course_id=course.id)
        emit(session, told)
    return order


def _title(session: Session, order: CourseOrder, answer: CourseAnswer) -> Course:
    course = store.lock_course(session, order.course_id)
    course.title_zh, course.title_en = answer.title_zh, answer.title_en
    course.certifies, course.valid_days = answer.certifies, answer.valid_days
    _tell_of(session, course)
    return course


def _catalogued(session: Session, course_id: str) -> Course:
    course = store.get_course(session, course_id)
    if course.title_zh is None:
        raise problems.COURSE_UNTITLED(course_id=course.id)
    return course


def _fold_into(session: Session, order: CourseOrder, earlier: CourseOrder, course: Course) -> str:
    """Settle a wish that its rider has ordered from the catalogue meanwhile: it leads to the class of that order."""
    order.course_id, order.class_id, order.active = course.id, earlier.class_id, False
    joined = classes.lock_class(session, str(earlier.class_id))
    emit(session, ClassJoinedV1(**_facts(joined), rider_id=str(order.rider_id)))
    return order.id


def _seat(session: Session, order: CourseOrder, course: Course) -> None:
    """Open a class for the order, or take a place in the one that is open and has not begun."""
    moment, rider_id = now(session), str(order.rider_id)
    wanted = _new_class(new_id(session, "class"), course, order.subdistrict, moment)
    opened = classes.open_class(session, wanted, moment)
    classes.enrol(session, opened.id, order.id, rider_id)
    order.class_id = opened.id
    if opened.id == wanted.id:
        emit(session, ClassOpenedV1(**_facts(opened), rider_ids=(rider_id,)))
    else:
        emit(session, ClassJoinedV1(**_facts(opened), rider_id=rider_id))


def _new_class(class_id: str, course: Course, subdistrict: str, moment: datetime) -> TrainingClass:
    venue = class_rules.default_venue(get_subdistrict(subdistrict).name_zh)
    return TrainingClass(
        id=class_id,
        course_id=course.id,
        subdistrict=subdistrict,
        title_zh=course.title_zh,
        title_en=course.title_en,
        starts_at=class_rules.first_session(moment),
        venue_zh=venue.zh,
        venue_en=venue.en,
        joinable=True,
        opened_at=moment,
    )


def _tell_of(session: Session, course: Course) -> None:
    titles = {"title_zh": course.title_zh or "", "title_en": course.title_en or ""}
    terms: dict[str, Any] = {"certifies": course.certifies, "valid_days": course.valid_days}
    emit(session, CourseChangedV1(subdistrict=course.subdistrict, course_id=course.id, **titles, **terms))


def _facts(told: TrainingClass) -> dict[str, Any]:
    names = ("course_id", "subdistrict", "title_zh", "title_en", "starts_at")
    return {"class_id": told.id, **{name: getattr(told, name) for name in names}}
