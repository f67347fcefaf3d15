"""The kit's tables as steps of a service's migrations; a later change of them is a step of its own, never an edit."""

from typing import Protocol

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, false, text
from sqlalchemy.schema import SchemaItem

from shared.db.types import Instant, Serial

UPDATED_IN_PLACE = ("mark", "head", "checkpoint", "relay_lease")


class Operations(Protocol):
    """What a step needs of `alembic.op`."""

    def execute(self, sqltext: str) -> None:
        """Execute a statement."""
        ...

    def get_context(self) -> MigrationContext:
        """Return what the step runs in."""
        ...

    def create_table(self, table_name: str, /, *columns: SchemaItem) -> Table:
        """Create a table with its constraints and indexes."""
        ...


def kit_0001(op: Operations) -> None:
    """Create the tables of log, relay, consumer, timers and commands as they first were."""
    _create_log(op)
    _create_relay(op)
    _create_marks(op)
    _create_held_events(op)
    _create_timers(op)
    _create_commands(op)


def kit_0002(op: Operations) -> None:
    """Create the tables of what was moved from the log to files."""
    op.create_table(
        "archived_month",
        Column("month", Text, primary_key=True),
        Column("first_position", Serial, nullable=False),
        Column("last_position", Serial, nullable=False, unique=True),
        Column("last_seal", Text, nullable=False),
        Column("sha256", Text, nullable=False),
    )
    op.create_table(
        "archived_event",
        Column("id", Text, primary_key=True),
        Column("subject", Text, nullable=False),
        Column("sequence", Serial),
        Column("position", Serial, nullable=False),
        Index("archived_event_subject", "subject", "sequence"),
    )


def kit_0003(op: Operations) -> None:
    """Leave room beside rows that are updated again and again."""
    leave_room(op, *UPDATED_IN_PLACE)


def kit_0004(op: Operations) -> None:
    """Create the table that says which backup a store was put back from, until its log's tail was read back."""
    op.create_table(
        "restored",
        Column("backup", Text, primary_key=True),
        Column("taken_at", Instant, nullable=False),
    )


def kit_0005(op: Operations) -> None:
    """Create the table of the types that are handled, and let backfill of what was passed over begin at the beginning.

    The position noted until now was that of the event which came first, which may not be the lowest.
    """
    op.create_table("handled_type", Column("type", Text, primary_key=True))
    op.execute("UPDATE passed_type SET first_position = 1")


def leave_room(op: Operations, *tables: str) -> None:
    """Fill pages of the tables by half, so that a new version of a row finds room on its page (PostgreSQL only)."""
    if op.get_context().dialect.name == "postgresql":
        for table in tables:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


def _create_log(op: Operations) -> None:
    unnumbered = text("position IS NULL")
    op.create_table(
        "event_log",
        Column("ordinal", Serial, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("subject", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("internal", Boolean, nullable=False),
        Column("document", Text, nullable=False),
        Column("position", Serial, unique=True),
        Column("sequence", Serial),
        Column("previous", Text),
        Column("seal", Text),
        UniqueConstraint("subject", "sequence"),
        Index("event_log_unnumbered", "ordinal", sqlite_where=unnumbered, postgresql_where=unnumbered),
        Index("event_log_type", "type", "position"),
    )
    op.create_table(
        "head",
        Column("subject", Text, primary_key=True),
        Column("sequence", Serial, nullable=False),
        Column("seal", Text, nullable=False),
        Column("position", Serial, nullable=False, index=True),
    )


def _create_relay(op: Operations) -> None:
    op.create_table(
        "relay_lease",
        Column("name", Text, primary_key=True),
        Column("holder", Text, nullable=False),
        Column("expires_at", Instant, nullable=False),
        Column("position", Serial, nullable=False),
        Column("seal", Text, nullable=False),
        Column("sent", Serial, nullable=False),
    )


def _create_marks(op: Operations) -> None:
    op.create_table(
        "mark",
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", Serial, nullable=False),
        Column("seal", Text, nullable=False),
    )
    op.create_table(
        "checkpoint",
        Column("source", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("next", Serial, nullable=False),
    )
    op.create_table(
        "passed_type",
        Column("source", Text, primary_key=True),
        Column("type", Text, primary_key=True),
        Column("first_position", Serial, nullable=False),
    )


def _create_held_events(op: Operations) -> None:
    op.create_table(
        "waiting",
        Column("source", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("sequence", Serial, primary_key=True),
        Column("document", Text, nullable=False),
        Column("since", Instant, nullable=False),
    )
    op.create_table(
        "parked",
        Column("source", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("subject", Text, nullable=False),
        Column("sequence", Serial),
        Column("type", Text, nullable=False),
        Column("document", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("place", Text, nullable=False),
        Column("first_at", Instant, nullable=False),
        Column("last_at", Instant, nullable=False, index=True),
        Column("attempts", Integer, nullable=False),
        Index("parked_subject", "source", "subject", "sequence"),
    )


def _create_timers(op: Operations) -> None:
    op.create_table(
        "timer",
        Column("id", Text, primary_key=True),
        Column("due", Instant, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("parked", Boolean, nullable=False, server_default=false()),
        Column("error", Text),
        Column("place", Text),
        Index("timer_due", "due", sqlite_where=text("parked = 0"), postgresql_where=text("NOT parked")),
    )


def _create_commands(op: Operations) -> None:
    op.create_table(
        "tombstone",
        Column("rider_id", Text, primary_key=True),
        Column("erased_at", Instant, nullable=False),
    )
    op.create_table(
        "idempotency",
        Column("principal", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("digest", Text, nullable=False),
        Column("made", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", Text),
        Column("answered_at", Instant, nullable=False, index=True),
    )
