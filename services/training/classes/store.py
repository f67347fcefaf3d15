"""Every query on classes and the places in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from services.training.classes.models import Enrolment, TrainingClass
from shared.db.locks import locked
from shared.db.upsert import insert_new
from shared.errors import NOT_FOUND


def open_class(session: Session, wanted: TrainingClass, moment: datetime) -> TrainingClass:
    """Open a class, or return the one that may be joined: a course has one at a time in each sub-district."""
    same = (TrainingClass.course_id == wanted.course_id, TrainingClass.subdistrict == wanted.subdistrict)
    begun = update(TrainingClass).where(*same, TrainingClass.joinable, TrainingClass.starts_at <= moment)
    session.execute(begun.values(joinable=False))
    row = {column.name: getattr(wanted, column.name) for column in TrainingClass.table().columns}
    joinable = locked(select(TrainingClass).where(*same, TrainingClass.joinable))
    found = None
    while found is None:  # The class that was met may have been ended before it could be locked.
        session.execute(insert_new(session, TrainingClass.table()), [row])
        found = session.scalar(joinable)
    return found


def get_class(session: Session, class_id: str) -> TrainingClass:
    """Return a class; raises NOT_FOUND."""
    found = session.get(TrainingClass, class_id)
    if found is None:
        raise NOT_FOUND(kind="class", id=class_id)
    return found


def lock_class(session: Session, class_id: str) -> TrainingClass:
    """Return a class that nobody else changes until the transaction ends; raises NOT_FOUND."""
    found = session.scalar(locked(select(TrainingClass).where(TrainingClass.id == class_id)))
    if found is None:
        raise NOT_FOUND(kind="class", id=class_id)
    return found


def list_classes(subdistrict: str | None) -> Select[TrainingClass]:
    """Select the classes of a sub-district (None: all)."""
    wanted = select(TrainingClass)
    return wanted if subdistrict is None else wanted.where(TrainingClass.subdistrict == subdistrict)


def list_joinable(subdistrict: str, moment: datetime) -> Select[TrainingClass]:
    """Select the classes of a sub-district that have not begun and that an order would join."""
    return list_classes(subdistrict).where(TrainingClass.joinable, TrainingClass.starts_at > moment)


def list_classes_of(rider_id: str) -> Select[TrainingClass]:
    """Select the classes in which a rider has a place."""
    return list_classes(None).where(
        TrainingClass.id.in_(select(Enrolment.class_id).where(Enrolment.rider_id == rider_id))
    )


def enrol(session: Session, class_id: str, order_id: str, rider_id: str) -> None:
    """Give the order's rider a place; a rider who has one in this class already keeps it."""
    row = {"id": order_id, "class_id": class_id, "rider_id": rider_id}
    session.execute(insert_new(session, Enrolment.table()), [row])


def find_place(session: Session, class_id: str, rider_id: str) -> Enrolment | None:
    """Return a rider's place in a class."""
    return session.scalar(select(Enrolment).where(Enrolment.class_id == class_id, Enrolment.rider_id == rider_id))


def list_places(session: Session, class_id: str) -> Sequence[Enrolment]:
    """Return the places of a class in the order in which they were taken."""
    return session.scalars(select(Enrolment).where(Enrolment.class_id == class_id).order_by(Enrolment.id)).all()


def list_undecided(session: Session, class_id: str) -> list[str]:
    """Return who has a place of which nothing says yet whether its rider came, erased riders apart."""
    places = list_places(session, class_id)
    return [place.rider_id for place in places if place.rider_id is not None and place.outcome is None]


def list_rider_ids(session: Session, class_id: str) -> tuple[str, ...]:
    """Return who has a place in a class, erased riders apart."""
    return tuple(place.rider_id for place in list_places(session, class_id) if place.rider_id is not None)
