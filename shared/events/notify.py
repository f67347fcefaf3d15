"""What notify tells: notices that reached a person, and those that did not."""

from shared.events.envelope import Event


class NoticeDeliveredV1(Event, source="notify", subject="notice_id"):
    """A notice reached the person by a channel."""

    notice_id: str
    person_id: str
    template: str
    channel: str


class NoticeFailedV1(Event, source="notify", subject="notice_id"):
    """A notice could not be delivered by a channel; `reason` is a code."""

    notice_id: str
    person_id: str
    template: str
    channel: str
    reason: str
