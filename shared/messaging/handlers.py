"""What a service does about events and timers: tables from an event class, or a timer's purpose, to a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from shared.events.envelope import Event

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Handling:
    """How the events of one class are applied.

    `key` names the aggregate that an event changes; a run locks all of its aggregates, sorted, before it reads any.
    """

    apply: Callable[[Session, Any], None]
    key: Callable[[Any], str] | None = None


Handlers = Mapping[type[Event], Handling]


def each(handler: Callable[[Session, E], None], key: Callable[[E], str] | None = None) -> Handling:
    """Apply the events of a class one by one, in the order in which they stand."""
    return Handling(handler, key)


Timers = Mapping[str, Callable[[Session, str], None]]
"""From a timer's purpose to what is done about its subject when it is due."""
