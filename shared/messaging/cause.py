"""Why a transaction happens: whose time, ids and trace whatever it writes will carry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from shared.events.envelope import Envelope
from shared.keys.ring import KeyRing, TransactionRing
from shared.random import Random, derived_id, uuid7

SYSTEM = "system"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The command, event or timer behind a transaction.

    `time` is the command's or the event's, never the moment of processing; `new_id` gives the same id for the
    same purpose when an event or a timer is retried.
    """

    time: datetime
    actor: str
    correlation_id: str
    new_id: Callable[[str], str]
    causation_id: str | None = None
    traceparent: str | None = None


def of_command(*, time: datetime, actor: str, request_id: str, traceparent: str | None, random: Random) -> Cause:
    """Return the cause that an accepted request is; its ids are random."""
    return Cause(
        time=time,
        actor=actor,
        correlation_id=request_id,
        traceparent=traceparent,
        new_id=lambda _purpose: uuid7(time, random.bytes(10)),
    )


def of_event(envelope: Envelope, traceparent: str | None = None) -> Cause:
    """Return the cause that an event is for its handlers; ids are derived from it, and its own trace goes on."""
    return Cause(
        time=envelope.time,
        actor=envelope.actor,
        correlation_id=envelope.correlationid,
        causation_id=envelope.id,
        traceparent=traceparent or envelope.traceparent,
        new_id=lambda purpose: derived_id(envelope.time, envelope.id, purpose),
    )


def of_timer(timer_id: str, due: datetime) -> Cause:
    """Return the cause that a timer is: it acts at the moment it was due, however late it fires."""
    return Cause(
        time=due,
        actor=SYSTEM,
        correlation_id=timer_id,
        causation_id=timer_id,
        new_id=lambda purpose: derived_id(due, timer_id, purpose),
    )


def of_system(time: datetime) -> Cause:
    """Return the cause of what the kit does by itself, such as parking."""
    name = f"{SYSTEM}/{time.isoformat()}"
    return Cause(time=time, actor=SYSTEM, correlation_id=name, new_id=lambda purpose: derived_id(time, name, purpose))


def set_cause(session: Session, cause: Cause) -> None:
    """Let what follows in the transaction happen because of `cause`."""
    session.info["cause"] = cause


def set_causes(session: Session, causes: Sequence[Cause]) -> None:
    """Give the transaction the causes of a set of events, for `in_turn`."""
    session.info["causes"] = causes


def get_causes(session: Session) -> Sequence[Cause]:
    """Return the causes of the set of events that is being applied."""
    causes: Sequence[Cause] = session.info["causes"]
    return causes


def in_turn(session: Session, events: Sequence[T]) -> Iterator[T]:
    """Yield the events of the set that is being applied; each is the cause of what happens until the next one."""
    for cause, event in zip(get_causes(session), events, strict=True):
        set_cause(session, cause)
        yield event


def get_cause(session: Session) -> Cause:
    """Return why the transaction happens."""
    cause: Cause = session.info["cause"]
    return cause


def now(session: Session) -> datetime:
    """Return the moment of the command, event or timer behind the transaction."""
    return get_cause(session).time


def new_id(session: Session, purpose: str) -> str:
    """Return an id for a new row; a retried event or timer gets the same one for the same purpose."""
    return get_cause(session).new_id(purpose)


def set_keys(session: Session, keys: KeyRing) -> None:
    """Give the transaction the service's ring of rider keys."""
    session.info["keys"] = TransactionRing(keys)


def keys(session: Session) -> TransactionRing:
    """Return the service's ring of rider keys, in this transaction or snapshot."""
    ring: TransactionRing = session.info["keys"]
    return ring
