"""A small service with a route of each sort, on a real store."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import MetaData, Text, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.auth import Principal, Role
from shared.errors import NOT_FOUND
from shared.events.training import CourseChangedV1
from shared.messaging import emit, new_id
from shared.service import Audit, Effect, Finding, Service
from shared.web import Call, Caller, Cursor, OpenCaller, Page, ServiceCaller, page_of
from tests.harness import Bench

router = APIRouter()
RIDER = Principal("r1", Role.RIDER, "110108005")
AUDITOR = Principal("audit", Role.SERVICE, scopes=frozenset({"audit:read", "events:read"}))


class Base(DeclarativeBase):
    """The sample's tables."""

    metadata = MetaData()


class Note(Base):
    """A note."""

    __tablename__ = "note"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class Wanted(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(min_length=1, max_length=30)


class View(BaseModel):
    """What is answered."""

    id: str
    words: str


def write_note(session: Session, wanted: Wanted) -> str:
    """Write a note, or fail as the words say."""
    if wanted.words == "fail":
        raise ZeroDivisionError
    if wanted.words in ("database is locked", "database or disk is full"):
        raise OperationalError("x", {}, Exception(wanted.words))
    note = Note(id=new_id(session, "note"), words=wanted.words)
    session.add(note)
    emit(session, CourseChangedV1(subdistrict="110108005", course_id=note.id, title_zh="课", title_en="course"))
    return note.id


def show(session: Session, note_id: str) -> View:
    """Show a note."""
    note = session.get(Note, note_id)
    if note is None:
        raise NOT_FOUND(kind="note", id=note_id)
    return View(id=note.id, words=note.words)


@router.post("/notes", status_code=201, response_model=View)
def post_note(wanted: Wanted, call: Caller) -> Response:
    """Write a note."""
    return call.once(lambda session: write_note(session, wanted), show)


@router.get("/notes")
def get_notes(call: Caller, cursor: Cursor) -> Page[View]:
    """List notes."""
    view = lambda note: View(id=note.id, words=note.words)  # noqa: E731 - a view of one line
    return call.read(lambda session: page_of(session, select(Note), key=Note.id, cursor=cursor, view=view))


@router.get("/notes/{note_id}")
def get_note(note_id: str, call: Caller) -> View:
    """Show a note."""
    return call.read(lambda session: show(session, note_id))


@router.get("/open")
def get_open(call: OpenCaller) -> dict[str, str]:
    """Answer anybody."""
    return {"language": call.language}


@router.get("/names")
def get_names(call: Annotated[Call, ServiceCaller("names:read")]) -> dict[str, str]:
    """Answer services that may read names."""
    return {"caller": call.principal.id}


def find(_session: Session) -> Iterator[Finding]:
    """Find one thing."""
    yield Finding("sum-differs", "e1", "1 is not 2")


def list_effects(_session: Session) -> Iterator[Effect]:
    """List one effect."""
    yield Effect("award", "governance", "h1", "h1", "10")


@pytest.fixture
def bench() -> Bench:
    """Return the sample service under test."""
    return Bench(
        Service(
            name="training",
            metadata=Base.metadata,
            handlers={},
            timers={},
            router=router,
            erase=lambda _session, _rider_id: None,
            audit=Audit(find, list_effects),
        )
    )
