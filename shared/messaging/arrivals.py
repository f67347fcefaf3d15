"""Reading what arrives: which documents are events of the publisher, and which class each of them is of."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from shared.events.envelope import Envelope, Event
from shared.events.registration import RiderErasedV1
from shared.messaging.handlers import Handlers
from shared.messaging.log import DOCUMENT_MAX_BYTES
from shared.messaging.seal import read_wire

Reason = Literal[
    "failed",
    "history differs",
    "unknown version",
    "not in the publisher's log",
    "not an event",
    "too large",
    "foreign source",
    "foreign type",
    "not numbered",
]
"""Why something is parked; `docs/operations.md` says of each what it means and what to do."""


@dataclass(frozen=True)
class Arrival:
    """One event as it came: its document and what the document says."""

    document: str
    envelope: Envelope
    sequence: int
    position: int
    previous: str
    seal: str


@dataclass(frozen=True)
class Unreadable:
    """A document that is no event of its publisher."""

    document: str
    reason: Reason

    @property
    def id(self) -> str:
        """The digest that tells it from others."""
        return hashlib.sha256(self.document.encode()).hexdigest()


class Vocabulary:
    """The event classes that a service handles, by their type."""

    def __init__(self, handlers: Handlers) -> None:
        classes: Iterable[type[Event]] = {*handlers, RiderErasedV1}
        self._classes = {event.type_name(): event for event in classes}
        self._stems = {name.rpartition(".v")[0] for name in self._classes}

    def class_of(self, type_name: str) -> type[Event] | None:
        """Return the class of a handled type, None for any other."""
        return self._classes.get(type_name)

    def is_unknown_version(self, type_name: str) -> bool:
        """Tell whether the service handles the type, but not in this version."""
        return type_name not in self._classes and type_name.rpartition(".v")[0] in self._stems

    @property
    def types(self) -> frozenset[str]:
        """Every type that the service handles."""
        return frozenset(self._classes)


def read(source: str, document: str) -> Arrival | Unreadable:
    """Read one document that arrived as an event of `source`."""
    if len(document) > DOCUMENT_MAX_BYTES * 2:
        return _unreadable(document[:DOCUMENT_MAX_BYTES], "too large")
    try:
        envelope = Envelope.parse(document)
    except ValidationError:
        return _unreadable(document, "not an event")
    if envelope.publisher != source:
        return _unreadable(document, "foreign source")
    if envelope.type_publisher not in ("", source):
        return _unreadable(document, "foreign type")
    return _numbered(document, envelope)


def is_told(source: str, wire: str) -> bool:
    """Tell whether a record is a numbered event as the source's relay writes them, byte by byte."""
    if not isinstance(read(source, wire), Arrival):
        return False
    try:
        read_wire(wire)
    except ValueError:
        return False
    return True


def _numbered(document: str, envelope: Envelope) -> Arrival | Unreadable:
    sequence, position = envelope.sequence or 0, envelope.position or 0
    if sequence < 1 or position < 1 or not envelope.previous or not envelope.seal:
        return _unreadable(document, "not numbered")
    return Arrival(document, envelope, sequence, position, envelope.previous, envelope.seal)


def _unreadable(document: str, reason: Reason) -> Unreadable:
    """Write out what no database takes: NUL characters, and halves of characters that UTF-8 has no bytes for."""
    text = document.encode(errors="backslashreplace").decode()
    return Unreadable(text.replace("\x00", "\\x00"), reason)
