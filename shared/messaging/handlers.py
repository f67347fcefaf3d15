"""What a service does about events and timers: tables from an event class, or a timer's purpose, to a function."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from shared.events.envelope import Event
from shared.messaging.cause import in_turn

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Handling:
    """How events are applied: one at a time, or in sets of those that follow each other.

    `key` names the aggregate that an event changes, and `others` those that the store knows to change with it; a run
    locks all of its aggregates, sorted, before it reads any.
    """

    apply: Callable[[Session, Sequence[Any]], None]
    key: Callable[[Any], str] | None = None
    others: Callable[[Session, Sequence[Any]], Iterable[str]] | None = None
    in_sets: bool = False


Handlers = Mapping[type[Event], Handling]


def each(handler: Callable[[Session, E], None], key: Callable[[E], str] | None = None) -> Handling:
    """Apply the events of a class one by one, in the order in which they stand."""

    def apply(session: Session, events: Sequence[E]) -> None:
        for event in in_turn(session, events):
            handler(session, event)

    return Handling(apply, key)


def together(
    handler: Callable[[Session, Sequence[E]], None],
    key: Callable[[E], str] | None = None,
    others: Callable[[Session, Sequence[E]], Iterable[str]] | None = None,
) -> Handling:
    """Apply events in sets; one handling may serve several classes, and a set then holds events of all of them.

    A set is what stands together in a run, in its order. The handler goes through it with `in_turn`, so that each event
    has its own time, actor and ids; what it leaves must be the same however a run is cut into sets.
    """
    return Handling(handler, key, others, in_sets=True)


Timers = Mapping[str, Callable[[Session, str], None]]
"""From a timer's purpose to what is done about its subject when it is due."""
