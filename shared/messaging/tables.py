"""The tables that the messaging kit keeps in every service's store."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, false, text

from shared.db.types import Instant, Serial

KIT = MetaData()

event_log = Table(
    "event_log",
    KIT,
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
    Index(
        "event_log_unnumbered",
        "ordinal",
        sqlite_where=text("position IS NULL"),
        postgresql_where=text("position IS NULL"),
    ),
    Index("event_log_type", "type", "position"),
)

head = Table(
    "head",
    KIT,
    Column("subject", Text, primary_key=True),
    Column("sequence", Serial, nullable=False),
    Column("seal", Text, nullable=False),
    Column("position", Serial, nullable=False, index=True),
)

archived_month = Table(
    "archived_month",
    KIT,
    Column("month", Text, primary_key=True),
    Column("first_position", Serial, nullable=False),
    Column("last_position", Serial, nullable=False, unique=True),
    Column("last_seal", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

archived_event = Table(
    "archived_event",
    KIT,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("sequence", Serial),
    Column("position", Serial, nullable=False),
    Index("archived_event_subject", "subject", "sequence"),
)

relay_lease = Table(
    "relay_lease",
    KIT,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("position", Serial, nullable=False),
    Column("seal", Text, nullable=False),
    Column("sent", Serial, nullable=False),
)

restored = Table(
    "restored",
    KIT,
    Column("backup", Text, primary_key=True),
    Column("taken_at", Instant, nullable=False),
)

mark = Table(
    "mark",
    KIT,
    Column("source", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("sequence", Serial, nullable=False),
    Column("seal", Text, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    KIT,
    Column("source", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next", Serial, nullable=False),
)

waiting = Table(
    "waiting",
    KIT,
    Column("source", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("sequence", Serial, primary_key=True),
    Column("document", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

parked = Table(
    "parked",
    KIT,
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

passed_type = Table(
    "passed_type",
    KIT,
    Column("source", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("first_position", Serial, nullable=False),
)

handled_type = Table("handled_type", KIT, Column("type", Text, primary_key=True))

timer = Table(
    "timer",
    KIT,
    Column("id", Text, primary_key=True),
    Column("due", Instant, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("parked", Boolean, nullable=False, default=False, server_default=false()),
    Column("error", Text),
    Column("place", Text),
    Index("timer_due", "due", sqlite_where=text("parked = 0"), postgresql_where=text("NOT parked")),
)

tombstone = Table(
    "tombstone",
    KIT,
    Column("rider_id", Text, primary_key=True),
    Column("erased_at", Instant, nullable=False),
)

idempotency = Table(
    "idempotency",
    KIT,
    Column("principal", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text),
    Column("answered_at", Instant, nullable=False, index=True),
)
