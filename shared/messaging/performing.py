"""Performing: the handlers' part of a run, one event at a time or in sets, under the locks of all that it changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from sqlalchemy.orm import Session

from shared.events.envelope import Event
from shared.events.registration import RiderErasedV1
from shared.messaging import cause
from shared.messaging.arrivals import Arrival, Vocabulary
from shared.messaging.erasing import Eraser, erase_rider
from shared.messaging.handlers import Handlers, Handling, each
from shared.messaging.trail import Trail

Pair = tuple[Arrival, Event]


class Subscriber(Eraser, Protocol):
    """What a consumer needs to know of its service."""

    @property
    def handlers(self) -> Handlers:
        """What it does about which events."""
        ...

    @property
    def lock(self) -> Callable[[Session, Sequence[str]], None] | None:
        """How it locks the aggregates that its handlers name, and those named by the id of an erased rider."""
        ...


class EventFailedError(Exception):
    """A handler raised for this event; the cause is chained."""

    def __init__(self, arrival: Arrival) -> None:
        super().__init__(f"event {arrival.envelope.id} failed")
        self.arrival = arrival


class SetFailedError(Exception):
    """A handler raised for a set of events, and nobody knows for which of them; the cause is chained."""


class Performer:
    """Runs one service's handlers over what takes effect; erasing a rider is one that every service has."""

    def __init__(self, service: Subscriber, trail: Trail) -> None:
        self._service, self._trail = service, trail
        self.vocabulary = Vocabulary(service.handlers)
        self._handling = {event.type_name(): handling for event, handling in service.handlers.items()}
        self._handling[RiderErasedV1.type_name()] = each(self._erase, key=attrgetter("rider_id"))

    def read(self, arrivals: Iterable[Arrival]) -> list[Pair]:
        """Return those that the service handles, each with its event; raises EventFailedError."""
        class_of = self.vocabulary.class_of
        return [(one, _event(handled, one)) for one in arrivals if (handled := class_of(one.envelope.type))]

    def lock(self, session: Session, pairs: Iterable[Pair]) -> None:
        """Lock every aggregate that the events change, sorted: of two that lock alike none waits for ever."""
        if self._service.lock is None:
            return
        aggregates, alike = set[str](), dict[Handling, list[Event]]()
        for one, event in pairs:
            alike.setdefault(self._handling[one.envelope.type], []).append(event)
        for handling, events in alike.items():
            aggregates.update(map(handling.key, events) if handling.key else ())
            aggregates.update(handling.others(session, events) if handling.others else ())
        self._service.lock(session, sorted(aggregates))

    def perform(self, session: Session, pairs: Sequence[Pair], *, singly: bool = False) -> None:
        """Run the handlers, `singly` for one event after the other; raises EventFailedError and SetFailedError."""
        for handling, group in groupby(pairs, lambda pair: self._handling[pair[0].envelope.type]):
            alike = list(group)
            for chosen in [alike] if handling.in_sets and not singly else [[pair] for pair in alike]:
                arrivals, events = zip(*chosen, strict=True)
                with _blamed(arrivals):
                    cause.set_causes(session, self._trail.causes(session, arrivals))
                    handling.apply(session, events)
                    session.flush()

    def _erase(self, session: Session, event: RiderErasedV1) -> None:
        erase_rider(session, event, self._service)


def _event(event_class: type[Event], one: Arrival) -> Event:
    with _blamed([one]):
        return event_class.model_validate(one.envelope.data)


@contextmanager
def _blamed(arrivals: Sequence[Arrival]) -> Iterator[None]:
    """Let an exception say which event it arose for, or that it arose for one of a set."""
    try:
        yield
    except Exception as error:
        if len(arrivals) > 1:
            raise SetFailedError from error
        raise EventFailedError(arrivals[0]) from error
