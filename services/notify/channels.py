"""The ports through which notices leave: a channel, and whoever knows the address."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One text to one person; a repeated send has the same `reference`, so that a channel can drop the second."""

    reference: str
    person_id: str
    address: str
    text: str


class UndeliverableError(Exception):
    """The channel will never deliver this message; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Channel(Protocol):
    """A way to reach a person outside the system."""

    def send(self, message: Message) -> None:
        """Hand the message over. Raises ConnectionError (try again later) or UndeliverableError."""
        ...


class RiderPhones(Protocol):
    """Knows riders' phone numbers; asked at the moment of sending, never kept."""

    def phone_of(self, rider_id: str) -> str | None:
        """Return the rider's number, None where there is none. Raises ConnectionError when it cannot be asked."""
        ...


@dataclass(frozen=True, kw_only=True)
class SMSRoute:
    """What text messages need: numbers, and a sender."""

    phones: RiderPhones
    channel: Channel
