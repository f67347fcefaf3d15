"""Routes of the inbox."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.notify import commands, store, wording
from services.notify.models import Notice
from services.notify.schemas import NoticeState, NoticeView, UnreadCount
from shared.auth import Role, authorize
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["notices"])


@router.get("/notices")
def list_notices(call: Caller, cursor: Cursor, archived: Annotated[bool, Query()] = False) -> Page[NoticeView]:  # noqa: FBT002 - a query parameter
    """List the own inbox, or the archive, newest first; muted topics are left out unless a notice is critical."""
    authorize(call.principal, {Role.RIDER})
    wanted = store.list_inbox(call.principal.id, archived=archived)
    return call.read(
        lambda session: page_of(session, wanted, key=Notice.id, cursor=cursor, view=partial(_view, session))
    )


@router.get("/notices/unread-count")
def count_unread(call: Caller) -> UnreadCount:
    """Count the notices of the own inbox that were not read."""
    authorize(call.principal, {Role.RIDER})
    return call.read(lambda session: UnreadCount(unread=store.count_unread(session, call.principal.id)))


@router.post("/notices/{notice_id}/read", status_code=200, response_model=NoticeState)
def read_notice(notice_id: str, call: Caller) -> Response:
    """Mark an own notice as read."""
    return call.once(lambda session: commands.read_notice(session, call.principal, notice_id), _show, 200)


@router.post("/notices/{notice_id}/archive", status_code=200, response_model=NoticeState)
def archive_notice(notice_id: str, call: Caller) -> Response:
    """Put an own notice into the archive."""
    return call.once(lambda session: commands.archive_notice(session, call.principal, notice_id), _show, 200)


def _show(session: Session, notice_id: str) -> NoticeState:
    return NoticeState.model_validate(store.get_notice(session, notice_id), from_attributes=True)


def _view(session: Session, notice: Notice) -> NoticeView:
    parameters = store.list_parameters(session, notice.id)
    text = wording.render(notice.template, notice.version, notice.language, parameters)
    state = _show(session, notice.id).model_dump()
    return NoticeView(**state, language=notice.language, title=text.title, body=text.body)
