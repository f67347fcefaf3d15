"""Turns: a service's transactions run side by side on a server, and one that erases a rider runs alone.

Whoever finds that a rider is not erased has thus committed before an erasure looks for what is to be deleted, or finds
the tombstone. The turn is taken before any row is locked. SQLite lets each transaction write alone.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

BESIDE_OTHERS = text("LOCK TABLE tombstone IN ROW SHARE MODE")
ALONE = text("LOCK TABLE tombstone IN EXCLUSIVE MODE")


def take_turn(session: Session, *, alone: bool) -> None:
    """Wait until no transaction of the service runs alone, or until none runs at all; hold the turn to the end."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ALONE if alone else BESIDE_OTHERS)
