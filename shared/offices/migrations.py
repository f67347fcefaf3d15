"""The table of offices as a step of a service's migrations; a later change of it is a step of its own."""

from sqlalchemy import Boolean, Column, Date, Text

from shared.messaging.migrations import Operations


def offices_0001(op: Operations) -> None:
    """Create the table of who holds an office, and whose has ended."""
    op.create_table(
        "appointment",
        Column("id", Text(), primary_key=True),
        Column("staff_id", Text(), nullable=False, index=True),
        Column("role", Text(), nullable=False),
        Column("subdistrict", Text(), nullable=False),
        Column("ends_on", Date()),
        Column("ended", Boolean(), nullable=False),
    )
