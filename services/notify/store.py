"""Every query on single notices, deliveries and preferences."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from services.notify.models import Delivery, Mute, Notice, NoticeParameter, Preference
from services.notify.rules import DEFAULT_LANGUAGE, INBOX
from shared.db.locks import locked
from shared.errors import NOT_FOUND

SENDABLE = ("waiting", "sending")


def open_preference(session: Session, person_id: str) -> Preference:
    """Return what a person prefers, with the first values where nothing was told yet."""
    found = session.get(Preference, person_id)
    if found is None:
        found = Preference(person_id=person_id, language=DEFAULT_LANGUAGE, sms_allowed=False)
        session.add(found)
        session.flush()
    return found


def find_preference(session: Session, person_id: str) -> Preference | None:
    """Return what a person prefers."""
    return session.get(Preference, person_id)


def replace_mutes(session: Session, person_id: str, mutes: set[tuple[str, str]]) -> None:
    """Let a person's mutes be these."""
    session.execute(delete(Mute).where(Mute.person_id == person_id))
    session.add_all(Mute(person_id=person_id, topic=topic, channel=channel) for topic, channel in sorted(mutes))


def is_muted(session: Session, person_id: str, topic: str, channel: str) -> bool:
    """Tell whether a person does not want a topic by a channel."""
    return session.get(Mute, (person_id, topic, channel)) is not None


def get_notice(session: Session, notice_id: str) -> Notice:
    """Return a notice; raises NOT_FOUND."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise NOT_FOUND(kind="notice", id=notice_id)
    return notice


def list_inbox(person_id: str, *, archived: bool) -> Select[Notice]:
    """Select what stands in a person's inbox or archive; a muted topic is left out while it is muted."""
    in_archive = Notice.archived_at.is_not(None)
    return select(Notice).where(*_visible(person_id), in_archive if archived else ~in_archive)


def ids_of(person_id: str) -> Select[str]:
    """Select the ids of a person's notices."""
    return select(Notice.id).where(Notice.person_id == person_id)


def count_unread(session: Session, person_id: str) -> int:
    """Return how many notices of the inbox were not read."""
    unread = (Notice.archived_at.is_(None), Notice.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notice).where(*_visible(person_id), *unread)) or 0


def list_parameters(session: Session, notice_id: str) -> dict[str, str]:
    """Return a notice's parameters by name."""
    rows = session.scalars(select(NoticeParameter).where(NoticeParameter.notice_id == notice_id))
    return {row.name: row.value for row in rows}


def has_due(session: Session, channel: str, moment: datetime) -> bool:
    """Tell whether any delivery is due."""
    due = select(Delivery.notice_id).where(Delivery.channel == channel, Delivery.state.in_(SENDABLE))
    return session.scalar(due.where(Delivery.due_at <= moment).limit(1)) is not None


def list_due(session: Session, channel: str, moment: datetime, limit: int) -> Sequence[Delivery]:
    """Lock deliveries that are due, those among them whose last sender has not reported back in time."""
    due = select(Delivery).where(Delivery.channel == channel, Delivery.state.in_(SENDABLE), Delivery.due_at <= moment)
    ordered = due.order_by(Delivery.due_at, Delivery.notice_id).limit(limit)
    return session.scalars(locked(ordered, free_only=True)).all()


def find_delivery(session: Session, notice_id: str, channel: str) -> Delivery | None:
    """Lock and return how a notice fares by a channel."""
    wanted = select(Delivery).where(Delivery.notice_id == notice_id, Delivery.channel == channel)
    return session.scalar(locked(wanted))


def _visible(person_id: str) -> tuple[ColumnElement[bool], ...]:
    muted = exists().where(Mute.person_id == person_id, Mute.topic == Notice.topic, Mute.channel == INBOX)
    return Notice.person_id == person_id, or_(Notice.critical, ~muted)
