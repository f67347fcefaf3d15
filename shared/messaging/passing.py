"""Passing over: which types a service has not handled, and since which position of their publisher's log."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.upsert import keep_least
from shared.messaging.arrivals import Arrival
from shared.messaging.tables import passed_type


def note_passed(session: Session, source: str, arrivals: Iterable[Arrival]) -> None:
    """Note of each type the lowest position at which it was passed over; across subjects none comes in order."""
    least: dict[str, int] = {}
    for one in arrivals:
        least[one.envelope.type] = min(one.position, least.get(one.envelope.type, one.position))
    known = first_positions(session, source)
    lower = sorted(name for name, position in least.items() if position < known.get(name, position + 1))
    rows = [{"source": source, "type": name, "first_position": least[name]} for name in lower]
    keep_least(session, passed_type, rows, "first_position")


def first_positions(session: Session, source: str) -> dict[str, int]:
    """Return the types of a publisher that were passed over, each with the lowest position at which it was."""
    of_source = select(passed_type.c.type, passed_type.c.first_position).where(passed_type.c.source == source)
    return {row.type: row.first_position for row in session.execute(of_source)}
