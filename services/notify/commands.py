"""What a person may ask of the own inbox; reading and archiving are told to nobody, so they leave no event."""

from sqlalchemy.orm import Session

from services.notify import store
from services.notify.models import Notice
from shared.auth import Principal, Role, authorize
from shared.errors import NOT_FOUND
from shared.messaging import now


def read_notice(session: Session, principal: Principal, notice_id: str) -> str:
    """Note that a notice was read; the first time counts."""
    notice = _get_own(session, principal, notice_id)
    notice.read_at = notice.read_at or now(session)
    return notice_id


def archive_notice(session: Session, principal: Principal, notice_id: str) -> str:
    """Put a notice away; it counts as read."""
    notice = _get_own(session, principal, notice_id)
    notice.read_at = notice.read_at or now(session)
    notice.archived_at = notice.archived_at or now(session)
    return notice_id


def _get_own(session: Session, principal: Principal, notice_id: str) -> Notice:
    notice = store.get_notice(session, notice_id)
    hidden = NOT_FOUND(kind="notice", id=notice_id)
    authorize(principal, {Role.RIDER}, owner=notice.person_id, hidden=hidden)
    return notice
