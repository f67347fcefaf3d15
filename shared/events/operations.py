"""What an operator decides about a consumer's parked events; any service may say it, to its own log."""

from shared.events.envelope import Event


class ParkedEventDiscardedV1(Event, subject="event_id", internal=True):
    """A parked event was stepped over: its mark moved on without its effect."""

    event_id: str
    publisher: str
    parked_subject: str
    reason: str
