"""Views of the inbox."""

from datetime import datetime

from pydantic import BaseModel


class NoticeState(BaseModel):
    """A notice without its text: what commands answer."""

    id: str
    topic: str
    template: str
    critical: bool
    told_at: datetime
    read_at: datetime | None
    archived_at: datetime | None


class NoticeView(NoticeState):
    """A notice as its person reads it, in the language that was fixed when it was made."""

    language: str
    title: str
    body: str


class UnreadCount(BaseModel):
    """How many notices of the inbox were not read."""

    unread: int
