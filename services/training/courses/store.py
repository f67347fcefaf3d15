"""Every query on riders, courses and orders."""

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from services.training.courses.models import Course, CourseOrder, Rider
from shared.db.locks import locked
from shared.db.upsert import insert_new, upsert
from shared.errors import NOT_FOUND


def keep_rider(session: Session, rider_id: str, subdistrict: str) -> None:
    """Keep where a rider belongs."""
    upsert(session, Rider.table(), [{"id": rider_id, "subdistrict": subdistrict}])


def lock_rider(session: Session, rider_id: str, home: str) -> None:
    """Let what else the rider wishes for wait for this transaction; one not told of yet is kept with that home."""
    session.execute(insert_new(session, Rider.table()), [{"id": rider_id, "subdistrict": home}])
    session.execute(locked(select(Rider.id).where(Rider.id == rider_id)))


def find_home(session: Session, rider_id: str) -> str | None:
    """Return the sub-district of a rider that registration told us of."""
    return session.scalar(select(Rider.subdistrict).where(Rider.id == rider_id))


def add_course(session: Session, course: Course) -> Course:
    """Put a course into the catalogue, titled or not yet."""
    session.add(course)
    session.flush()
    return course


def get_course(session: Session, course_id: str) -> Course:
    """Return a course; raises NOT_FOUND."""
    course = session.get(Course, course_id)
    if course is None:
        raise NOT_FOUND(kind="course", id=course_id)
    return course


def lock_course(session: Session, course_id: str) -> Course:
    """Return a course that nobody else changes until the transaction ends; raises NOT_FOUND."""
    course = session.scalar(locked(select(Course).where(Course.id == course_id)))
    if course is None:
        raise NOT_FOUND(kind="course", id=course_id)
    return course


def list_courses() -> Select[Course]:
    """Select the courses that can be ordered."""
    return select(Course).where(Course.title_zh.is_not(None))


def open_order(session: Session, order: CourseOrder) -> CourseOrder:
    """Keep an order, or return the rider's active one for the same course."""
    row = {column.name: getattr(order, column.name) for column in CourseOrder.table().columns}
    session.execute(insert_new(session, CourseOrder.table()), [row])
    return session.scalars(_active_order(str(order.rider_id), order.course_id)).one()


def find_active_order(session: Session, rider_id: str, course_id: str) -> CourseOrder | None:
    """Return the rider's order for a course whose class has not ended."""
    return session.scalar(_active_order(rider_id, course_id))


def get_order(session: Session, order_id: str) -> CourseOrder:
    """Return an order; raises NOT_FOUND."""
    order = session.get(CourseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="order", id=order_id)
    return order


def lock_order(session: Session, order_id: str) -> CourseOrder:
    """Return an order that nobody else changes until the transaction ends; raises NOT_FOUND."""
    order = session.scalar(locked(select(CourseOrder).where(CourseOrder.id == order_id)))
    if order is None:
        raise NOT_FOUND(kind="order", id=order_id)
    return order


def count_waiting(session: Session, rider_id: str) -> int:
    """Return how many of the rider's orders wait for a title."""
    waiting = (
        select(func.count())
        .select_from(CourseOrder)
        .where(CourseOrder.rider_id == rider_id, CourseOrder.active, CourseOrder.class_id.is_(None))
    )
    return session.scalar(waiting) or 0


def list_orders(subdistrict: str | None, *, waiting: bool | None) -> Select[CourseOrder]:
    """Select the orders of a sub-district (None: all), those that wait for a title, or those that do not."""
    wanted = select(CourseOrder)
    if subdistrict is not None:
        wanted = wanted.where(CourseOrder.subdistrict == subdistrict)
    is_waiting = (CourseOrder.class_id.is_(None)) & CourseOrder.active
    return wanted if waiting is None else wanted.where(is_waiting if waiting else ~is_waiting)


def list_orders_of(rider_id: str) -> Select[CourseOrder]:
    """Select a rider's orders."""
    return select(CourseOrder).where(CourseOrder.rider_id == rider_id)


def end_orders(session: Session, class_id: str) -> None:
    """Let the orders of a class that ended be active no more, so that the course may be ordered again."""
    session.execute(update(CourseOrder).where(CourseOrder.class_id == class_id).values(active=False))


def _active_order(rider_id: str, course_id: str) -> Select[CourseOrder]:
    same = (CourseOrder.rider_id == rider_id, CourseOrder.course_id == course_id)
    return select(CourseOrder).where(*same, CourseOrder.active)
