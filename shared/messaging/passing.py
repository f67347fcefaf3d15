"""Passing over: which types a service has not handled, since when, and that no version passes what another handles."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shared.db.sets import insert_new_rows
from shared.db.upsert import keep_least
from shared.messaging.arrivals import Arrival
from shared.messaging.failures import ConsumerStoppedError
from shared.messaging.tables import handled_type, passed_type

LOCK = 20261127
"""The PostgreSQL advisory lock of what is handled: shared by those that pass types over, alone who takes some up."""

HANDLED = select(handled_type.c.type).where(handled_type.c.type.in_(bindparam("types", expanding=True)))
PASSED = select(passed_type.c.type, passed_type.c.first_position).where(passed_type.c.source == bindparam("source"))


class BackfillNeededError(ConsumerStoppedError):
    """The service handles types now whose past it has passed over."""


class OtherVersionError(ConsumerStoppedError):
    """Another version of the service handles a type that this one would pass over."""


def take_up(session: Session, types: Collection[str]) -> dict[str, dict[str, int]]:
    """Let the store say that the types are handled: from now on no version passes them over.

    Returns those that were passed over before, by publisher, with their first position.
    """
    fresh = set(types).difference(session.scalars(select(handled_type.c.type)))
    if fresh:
        _lock(session, func.pg_advisory_xact_lock)
        insert_new_rows(session, handled_type, [{"type": name} for name in sorted(fresh)])
    return list_missed(session, types)


def refuse_missed(service: str, missed: Mapping[str, Mapping[str, int]]) -> None:
    """Raise BackfillNeededError where handled types were passed over."""
    if missed:
        names = ", ".join(sorted(name for types in missed.values() for name in types))
        message = (
            f"{service} has passed over events that it handles now: {names}. "
            f"Run `cheqi backfill {service}` to apply the past, or add --from-now to waive it."
        )
        raise BackfillNeededError(message)


def note_passed(session: Session, source: str, arrivals: Iterable[Arrival]) -> None:
    """Note of each type the lowest position at which it was passed over; across subjects none comes in order.

    Raises OtherVersionError where another version handles one.
    """
    least: dict[str, int] = {}
    for one in arrivals:
        least[one.envelope.type] = min(one.position, least.get(one.envelope.type, one.position))
    if not least:
        return
    _refuse_handled(session, least)
    known = first_positions(session, source)
    lower = sorted(name for name, position in least.items() if position < known.get(name, position + 1))
    rows = [{"source": source, "type": name, "first_position": least[name]} for name in lower]
    keep_least(session, passed_type, rows, "first_position")


def list_missed(session: Session, types: Collection[str]) -> dict[str, dict[str, int]]:
    """Return which of the types were passed over, by publisher, with their first position."""
    missed: dict[str, dict[str, int]] = {}
    for row in session.execute(select(passed_type)):
        if row.type in types:
            missed.setdefault(row.source, {})[row.type] = row.first_position
    return missed


def first_positions(session: Session, source: str) -> dict[str, int]:
    """Return the types of a publisher that were passed over, each with the lowest position at which it was."""
    return {row.type: row.first_position for row in session.execute(PASSED, {"source": source})}


def note_applied(session: Session, source: str, types: Iterable[str], up_to: int) -> None:
    """Note that the past of the types is applied up to a position."""
    behind = update(passed_type).where(passed_type.c.source == source, passed_type.c.type.in_(types))
    session.execute(behind.where(passed_type.c.first_position <= up_to).values(first_position=up_to + 1))


def forget(session: Session, source: str, types: Iterable[str]) -> None:
    """Forget that types were passed over: their past is applied, or waived."""
    session.execute(delete(passed_type).where(passed_type.c.source == source, passed_type.c.type.in_(types)))


def _refuse_handled(session: Session, types: Iterable[str]) -> None:
    _lock(session, func.pg_advisory_xact_lock_shared)
    handled = session.scalars(HANDLED, {"types": list(types)}).all()
    if handled:
        names = ", ".join(sorted(handled))
        message = (
            f"another version of the service handles {names}, which this one does not: stop this one, run that one"
        )
        raise OtherVersionError(message)


def _lock(session: Session, lock: Any) -> None:
    """Take the lock until the transaction ends; on SQLite one transaction writes at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(lock(LOCK)))
