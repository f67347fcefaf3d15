"""A small service with a route of each sort, on a real store."""

import errno
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import MetaData, Text, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.auth import Principal, Role
from shared.errors import NOT_FOUND, ProblemKind
from shared.events.training import CourseOrderedV1
from shared.messaging import emit, new_id
from shared.service import Audit, Effect, Finding, Service
from shared.web import Call, Caller, Cursor, OpenCaller, Page, ServiceCaller, page_of
from tests.harness import Bench

router = APIRouter()
RIDER = Principal("r1", Role.RIDER, "110108005")
PHOTO_MAX_BYTES = 2 * 1024 * 1024
PHOTO_TOO_LARGE = ProblemKind(
    "photo-too-large", 413, "照片过大", "The photo is too large", "请压缩。", "Send a smaller one."
)
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
    """What is answered; the words say where a note belongs, if they are a sub-district's code."""

    id: str
    words: str
    subdistrict: str | None = None


def write_note(session: Session, wanted: Wanted) -> str:
    """Write a note, or fail as the words say."""
    if wanted.words == "fail":
        raise ZeroDivisionError
    if wanted.words == "no connection free":
        raise NoConnectionFreeError
    if wanted.words in ("database is locked", "database or disk is full"):
        raise OperationalError("x", {}, Exception(wanted.words))
    if wanted.words == "no space left":
        raise OSError(errno.ENOSPC, "no space left for 13812345678")
    note = Note(id=new_id(session, "note"), words=wanted.words)
    session.add(note)
    emit(session, CourseOrderedV1(subdistrict="110108005", order_id=note.id, rider_id="r1", course_id="c1"))
    return note.id


def show(session: Session, note_id: str) -> View:
    """Show a note."""
    note = session.get(Note, note_id)
    if note is None:
        raise NOT_FOUND(kind="note", id=note_id)
    return View(id=note.id, words=note.words, subdistrict=note.words if note.words.isdigit() else None)


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


@router.put("/photo", max_body_size=PHOTO_MAX_BYTES)
def put_photo(call: Caller) -> dict[str, int]:
    """Take a photo, unless the service itself finds it too large."""
    if call.body.startswith(b"large"):
        raise PHOTO_TOO_LARGE()
    return {"bytes": len(call.body)}


@router.get("/broken")
def get_broken(call: OpenCaller) -> StreamingResponse:
    """Break off in the middle of an answer."""
    return StreamingResponse(break_off(call.language))


@router.get("/undone")
def get_undone(_call: OpenCaller) -> None:
    """Fail before there is an answer."""
    raise ZeroDivisionError


@router.get("/open")
def get_open(call: OpenCaller) -> dict[str, str]:
    """Answer anybody."""
    return {"language": call.language}


@router.get("/names")
def get_names(call: Annotated[Call, ServiceCaller("names:read")]) -> dict[str, str]:
    """Answer services that may read names."""
    return {"caller": call.principal.id}


def break_off(word: str) -> Iterator[str]:
    """Yield a word and fail."""
    yield word
    raise ZeroDivisionError


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
