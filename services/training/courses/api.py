"""Routes of the catalogue and of orders."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.training.courses import commands, personal, store
from services.training.courses.models import Course, CourseOrder
from services.training.courses.schemas import (
    CourseAnswer,
    CourseChange,
    CourseDraft,
    CourseView,
    CourseWanted,
    OrderAnswer,
    OrderView,
)
from shared.auth import STAFF, Role, authorize, scope_of
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["courses"])


@router.get("/courses")
def list_courses(call: Caller, cursor: Cursor) -> Page[CourseView]:
    """List the catalogue, newest first."""
    return call.read(
        lambda session: page_of(session, store.list_courses(), key=Course.id, cursor=cursor, view=_course_view)
    )


@router.post("/courses", status_code=201, response_model=CourseView)
def add_course(draft: CourseDraft, call: Caller) -> Response:
    """Put a course into the catalogue (staff)."""
    return call.once(lambda session: commands.add_course(session, call.principal, draft), _show_course)


@router.patch("/courses/{course_id}", response_model=CourseView)
def change_course(course_id: str, change: CourseChange, call: Caller) -> Response:
    """Change a course of the own sub-district (staff)."""
    return call.act(
        lambda session: commands.change_course(session, call.principal, course_id, change), _show_course, 200
    )


@router.post("/orders", status_code=201, response_model=OrderAnswer)
def order_course(wanted: CourseWanted, call: Caller) -> Response:
    """Order a course (点单): a class opens or is joined at once; a wish waits for its title."""
    return call.once(lambda session: commands.order_course(session, call.principal, wanted), commands.describe_order)


@router.get("/orders")
def list_orders(call: Caller, cursor: Cursor, waiting: Annotated[bool | None, Query()] = None) -> Page[OrderView]:
    """List the orders of the own sub-district (staff), those that wait for a title first of all with `waiting=true`."""
    authorize(call.principal, STAFF)
    wanted = store.list_orders(scope_of(call.principal), waiting=waiting)
    return call.read(
        lambda session: page_of(session, wanted, key=CourseOrder.id, cursor=cursor, view=partial(_order_view, session))
    )


@router.get("/orders/mine")
def list_own_orders(call: Caller, cursor: Cursor) -> Page[OrderView]:
    """List the rider's own orders."""
    authorize(call.principal, {Role.RIDER})
    wanted = store.list_orders_of(call.principal.id)
    return call.read(
        lambda session: page_of(session, wanted, key=CourseOrder.id, cursor=cursor, view=partial(_order_view, session))
    )


@router.post("/orders/{order_id}/course", status_code=201, response_model=OrderAnswer)
def answer_order(order_id: str, answer: CourseAnswer, call: Caller) -> Response:
    """Give the course of a wish its titles, or link it to the catalogue (staff); its class opens at once."""
    return call.once(
        lambda session: commands.answer_order(session, call.principal, order_id, answer), commands.describe_order
    )


def _show_course(session: Session, course_id: str) -> CourseView:
    return _course_view(store.get_course(session, course_id))


def _order_view(session: Session, order: CourseOrder) -> OrderView:
    course = store.get_course(session, order.course_id)
    return OrderView(
        **commands.describe_order(session, order.id).model_dump(),
        rider_id=order.rider_id,
        title_zh=course.title_zh,
        title_en=course.title_en,
        wish=personal.find_words(session, order.id),
    )


def _course_view(course: Course) -> CourseView:
    return CourseView.model_validate(course, from_attributes=True)
