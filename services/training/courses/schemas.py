"""Bodies and views of courses and orders."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.training.schemas import Body, Id

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
ValidDays = Annotated[int, Field(ge=1, le=36_500)]


class CourseDraft(Body):
    """A course that staff put into the catalogue."""

    title_zh: Title
    title_en: Title
    certifies: bool = False
    valid_days: ValidDays | None = None


class CourseChange(Body):
    """What staff change of a course; what is left out stays."""

    title_zh: Title | None = None
    title_en: Title | None = None
    certifies: bool | None = None
    valid_days: ValidDays | None = None


class CourseWanted(Body):
    """An order: a course of the catalogue, or in the rider's own words what it does not have yet."""

    course_id: Id | None = None
    wish: Words | None = None


class CourseAnswer(Body):
    """What staff answer to a wish: titles for a new course, or the course of the catalogue that it is."""

    course_id: Id | None = None
    title_zh: Title | None = None
    title_en: Title | None = None
    certifies: bool = False
    valid_days: ValidDays | None = None


class CourseView(BaseModel):
    """A course of the catalogue."""

    id: str
    subdistrict: str
    title_zh: str | None
    title_en: str | None
    certifies: bool
    valid_days: int | None


class OrderAnswer(BaseModel):
    """What an order has led to: `class_id` is None while staff have not named the course."""

    id: str
    course_id: str
    subdistrict: str
    state: str
    class_id: str | None
    starts_at: datetime | None
    ordered_at: datetime


class OrderView(OrderAnswer):
    """An order as its rider and the sub-district's staff read it."""

    rider_id: str | None
    title_zh: str | None
    title_en: str | None
    wish: str | None
